import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { EXAMPLE_TENANT_ID } from '../../http/example-id';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Permission } from '../permission';
import { AnyMember, EvenWhile, Requires } from '../requires.decorator';
import { MemberQuery, MemberResponse } from '../users/member.dto';
import { MemberReader } from '../users/member.reader';
import {
  CreateTenantRequest,
  MyTenantsResponse,
  TenantResponse,
  TenantStatsResponse,
  UpdateTenantRequest,
} from './tenant.dto';
import { assertCurrentTenant, TenantReader } from './tenant.reader';
import { TenantService } from './tenant.service';

const TenantId = (): ParameterDecorator => Id('id', EXAMPLE_TENANT_ID);

@ApiTags('Tenants')
@Controller('rbac/tenants')
export class TenantController {
  constructor(
    private readonly tenants: TenantService,
    private readonly reader: TenantReader,
    private readonly members: MemberReader,
  ) {}

  @Get()
  @AnyMember()
  @EvenWhile('SUSPENDED', 'DELETED')
  @Returns(MyTenantsResponse, 'The tenants that I am a member of')
  listMyTenants(): Promise<MyTenantsResponse> {
    return this.reader.mine();
  }

  @Post()
  @Requires(Permission.TenantAdmin)
  @Returns(TenantResponse, 'Make another tenant, as its owner and Admin', 201)
  createTenant(@Body() request: CreateTenantRequest): Promise<TenantResponse> {
    return this.tenants.create(request);
  }

  @Get(':id')
  @Requires(Permission.TenantRead)
  @EvenWhile('SUSPENDED')
  @Returns(TenantResponse, 'The tenant that the token is for')
  getTenant(@TenantId() id: string): Promise<TenantResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.TenantUpdate)
  @Returns(TenantResponse, 'Change name, slug, owner or metadata of the tenant')
  updateTenant(
    @TenantId() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateTenantRequest,
  ): Promise<TenantResponse> {
    return this.tenants.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.TenantDelete)
  @ReturnsNothing('Delete the tenant; until the days of grace are over it can be restored')
  deleteTenant(@TenantId() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.tenants.remove(id, expected);
  }

  @Post(':id/suspend')
  @Requires(Permission.TenantAdmin)
  @Returns(TenantResponse, 'Suspend the tenant: nobody works in it until it is resumed')
  suspendTenant(@TenantId() id: string): Promise<TenantResponse> {
    return this.tenants.suspend(id);
  }

  @Post(':id/resume')
  @Requires(Permission.TenantAdmin)
  @EvenWhile('SUSPENDED')
  @Returns(TenantResponse, 'Resume a suspended tenant')
  resumeTenant(@TenantId() id: string): Promise<TenantResponse> {
    return this.tenants.resume(id);
  }

  @Post(':id/restore')
  @Requires(Permission.TenantAdmin)
  @EvenWhile('DELETED')
  @Returns(TenantResponse, 'Bring a deleted tenant back')
  restoreTenant(@TenantId() id: string): Promise<TenantResponse> {
    return this.tenants.restore(id);
  }

  @Get(':id/users')
  @Requires(Permission.UserRead)
  @Returns(PageOf(MemberResponse), 'The members of the tenant')
  listTenantUsers(@TenantId() id: string, @Query() query: MemberQuery): Promise<Page<MemberResponse>> {
    assertCurrentTenant(id);
    return this.members.list(query);
  }

  @Get(':id/stats')
  @Requires(Permission.TenantRead)
  @Returns(TenantStatsResponse, 'How many members, roles, teams and invitations the tenant has')
  getTenantStats(@TenantId() id: string): Promise<TenantStatsResponse> {
    return this.reader.stats(id);
  }
}
