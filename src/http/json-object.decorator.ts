import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsObject } from 'class-validator';

interface JsonObjectOptions {
  readonly about: string;
  readonly example: Readonly<Record<string, unknown>>;
}

/** An object whose fields somebody else declares: in a request they are checked by whoever does. */
export function JsonObject({ about, example }: JsonObjectOptions): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: 'object', description: about, maxProperties: 1000, additionalProperties: true, example }),
    IsObject(),
  );
}
