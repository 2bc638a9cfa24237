import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import type { FieldProblem } from '../errors/domain-error';
import { BadRequest, UnprocessableBody } from '../errors/http.errors';
import { nameProblem, textProblem } from './text-safety';
import { ValidQueries } from './valid-queries';

/**
 * Checks bodies and queries against their classes of fields. Nothing unknown is ignored, nothing is converted silently:
 * a query parameter becomes a number only where its field says so.
 *
 * @throws UnprocessableBody 422 for bodies, BadRequest 400 for queries, each listing all problems
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  private readonly validQueries = new ValidQueries();

  async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || !metatype || builtIn.has(metatype)) return value;
    const isBody = type === 'body';
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnprocessableBody('The body must be a JSON object.', [
        { pointer: '', code: 'object', message: 'must be a JSON object' },
      ]);
    }
    const known = isBody ? undefined : this.validQueries.get(metatype, value);
    if (known) return known;
    if (!isBody) assertSafeQuery(value);
    const instance = plainToInstance(metatype as new () => object, { ...value });
    const problems = await problemsIn(instance, isBody ? '/' : '?');
    if (problems.length === 0 && !isBody) this.validQueries.remember(metatype, value, instance);
    if (problems.length === 0) return instance;
    const detail = `${problems.length} ${problems.length === 1 ? 'field is' : 'fields are'} not valid.`;
    throw isBody ? new UnprocessableBody(detail, problems) : new BadRequest(detail, problems);
  }
}

/** What is wrong with what a program hands over, by the rules of a body of this class. */
export function bodyProblems(metatype: new () => object, value: object): Promise<readonly FieldProblem[]> {
  return problemsIn(plainToInstance(metatype, { ...value }), '/');
}

async function problemsIn(instance: object, prefix: string): Promise<FieldProblem[]> {
  const errors = await validate(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  return errors.flatMap((error) => problemsOf(error, prefix));
}

const builtIn = new Set<unknown>([String, Number, Boolean, Object, Array, Buffer]);

function assertSafeQuery(query: object): void {
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    const texts: unknown[] = Array.isArray(value) ? value : [value];
    const unsafe = texts.map((text) => (typeof text === 'string' ? textProblem(text) : undefined));
    const problem = [nameProblem(name), ...unsafe].find((found) => found !== undefined);
    if (problem !== undefined) {
      throw new BadRequest('A query parameter cannot be accepted.', [
        { pointer: '?', code: 'unsafe-text', message: problem },
      ]);
    }
  }
}

function problemsOf(error: ValidationError, prefix: string): FieldProblem[] {
  // Of a value that is no object of any class it has no name.
  const name = (error.property as string | undefined) ?? '';
  const pointer = `${prefix}${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    pointer,
    code: rule === 'whitelistValidation' ? 'unknown-field' : kebab(rule),
    message: rule === 'whitelistValidation' ? 'is not a known field' : withoutName(message, name),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, `${pointer}/`))];
}

/** The pointer names the field already. */
function withoutName(message: string, name: string): string {
  return message.replace(`each value in ${name} `, 'each value ').replace(`${name} `, '');
}

function kebab(rule: string): string {
  return rule
    .replace(/^is(?=[A-Z])/, '')
    .replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}
