import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { BadRequest } from '../errors/http.errors';
import { CANONICAL_UUID } from './canonical-uuid';
import { EXAMPLE_ID } from './example-id';

/** The UUID in a route's `:id` (or another name), in its canonical form. @throws BadRequest 400 for any other form */
export function Id(name = 'id', example = EXAMPLE_ID): ParameterDecorator {
  return (controller, method, index) => {
    Param(name, new UuidPipe(name))(controller, method, index);
    const descriptor = method && Object.getOwnPropertyDescriptor(controller, method);
    if (!method || !descriptor) return;
    ApiParam({ name, schema: { type: 'string', format: 'uuid', maxLength: 36, example } })(
      controller,
      method,
      descriptor,
    );
  };
}

class UuidPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    if (CANONICAL_UUID.pattern.test(value)) return value;
    throw new BadRequest('The path does not hold a valid id.', [
      { pointer: this.name, code: 'uuid', message: CANONICAL_UUID.message },
    ]);
  }
}
