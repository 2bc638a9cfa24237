import { Controller, Get, type Type } from '@nestjs/common';
import { DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Public } from '../http/public.decorator';
import { Permission } from './permission';
import { AnyMember, Requires } from './requires.decorator';
import { RouteDeclarations } from './route-declarations';

async function boot(...controllers: Type[]): Promise<void> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    controllers,
    providers: [RouteDeclarations, MetadataScanner],
  }).compile();
  await module.init();
  await module.close();
}

@Controller()
class Declared {
  @Get('a')
  @Public()
  everybody(): void {
    this.helper();
  }

  @Get('b')
  @AnyMember()
  members(): void {
    this.helper();
  }

  @Requires(Permission.RiskRead)
  @Get('c')
  some(): void {
    this.helper();
  }

  helper(): void {
    // No route.
  }
}

@Controller()
class Silent {
  @Get('d')
  forgotten(): string {
    return 'everything';
  }
}

@Controller()
class Contradictory {
  @Get('e')
  @Public()
  @Requires(Permission.RiskRead)
  both(): string {
    return 'everything';
  }
}

@Controller()
class Inheriting extends Silent {}

describe('the boot', () => {
  it('goes on when every route says who may call it', async () => {
    await expect(boot(Declared)).resolves.toBeUndefined();
  });

  it.each([
    ['says nothing', Silent, 'Silent.forgotten'],
    ['says two things', Contradictory, 'Contradictory.both'],
    ['inherits one that says nothing', Inheriting, 'Inheriting.forgotten'],
  ])('stops when a route %s', async (_what, controller, name) => {
    await expect(boot(Declared, controller)).rejects.toThrow(name);
  });

  it('names all of them at once', async () => {
    await expect(boot(Silent, Contradictory)).rejects.toThrow(/Silent\.forgotten, Contradictory\.both/);
  });
});
