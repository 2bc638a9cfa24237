import { Injectable, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC } from '../http/public.decorator';
import { REQUIRED_PERMISSIONS } from './requires.decorator';

/** Stops the boot when a route says neither who may call it nor that everybody may. */
@Injectable()
export class RouteDeclarations implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.routes()
      .filter(({ handler }) => {
        const isPublic = this.reflector.get<boolean | undefined>(PUBLIC, handler) === true;
        const required = this.reflector.get<string[] | undefined>(REQUIRED_PERMISSIONS, handler);
        return isPublic === (required !== undefined);
      })
      .map(({ name }) => name);
    if (undeclared.length > 0) {
      throw new Error(
        `These routes must carry exactly one of @Requires(...), @AnyMember() and @Public(): ${undeclared.join(', ')}`,
      );
    }
  }

  private routes(): { name: string; handler: () => unknown }[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = metatype?.prototype as Record<string, () => unknown> | undefined;
      if (!prototype) return [];
      return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
        const handler = prototype[method];
        const isRoute = handler !== undefined && Reflect.hasMetadata(METHOD_METADATA, handler);
        return isRoute ? [{ name: `${metatype?.name}.${method}`, handler }] : [];
      });
    });
  }
}
