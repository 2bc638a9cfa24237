import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

export const IDEMPOTENT = Symbol('idempotent');

/**
 * The route honours `Idempotency-Key`: what it has done under a key it does not do again, and answers as it did. The answer
 * is stored for a day as it is sent: never on a route that answers with a secret.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, true),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes it safe to send the request again: with the same key and body it is carried out once in 24 h.',
      schema: { type: 'string', minLength: 1, maxLength: 202 },
    }),
  );
}
