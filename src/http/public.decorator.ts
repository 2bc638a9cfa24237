import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const PUBLIC = Symbol('public');

/** The route answers without authentication. Every route says this or names the permission it requires. */
export function Public(): CustomDecorator<symbol> {
  return SetMetadata(PUBLIC, true);
}
