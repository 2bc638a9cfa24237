import type { ArgumentMetadata } from '@nestjs/common';
import { DomainError } from '../errors/domain-error';
import { Choice, DateOnly, Decimal, Flag, Integer, Nested, NestedList, Text, TextList, Uuid } from './fields.decorator';
import { QueryChoices, QueryDecimal, QueryFlag, QueryInteger, QueryTexts } from './query-fields.decorator';
import { ValidationPipe } from './validation.pipe';

class Part {
  @Text({ min: 1, max: 3 })
  name!: string;
}

class Thing {
  @Text({ min: 2, max: 4, optional: true })
  text?: string;

  @Text({ max: 4, optional: true, nullable: true })
  blank?: string | null;

  @Integer({ min: -1, max: 5, optional: true })
  integer?: number;

  @Decimal({ min: 0, max: 1, optional: true })
  decimal?: number;

  @Flag({ optional: true })
  flag?: boolean;

  @Choice(['a', 'b'], { optional: true })
  choice?: string;

  @DateOnly({ optional: true, nullable: true })
  day?: string | null;

  @Uuid({ optional: true })
  id?: string;

  @TextList({ maxItems: 2, max: 3, optional: true })
  list?: string[];

  @Nested(() => Part, { optional: true })
  part?: Part;

  @NestedList(() => Part, { maxItems: 2, optional: true })
  parts?: Part[];
}

class Filter {
  @QueryInteger({ min: 1, max: 200 })
  limit: number = 20;

  @QueryDecimal({ min: 0, max: 100 })
  score?: number;

  @QueryFlag({})
  flag?: boolean;

  @QueryChoices(['a', 'b'], {})
  choices?: string[];

  @QueryTexts({ maxItems: 2, max: 5 })
  texts?: string[];
}

const pipe = new ValidationPipe();
const asBody = (value: unknown): Promise<unknown> => pipe.transform(value, { type: 'body', metatype: Thing });
const asQuery = (value: unknown): Promise<unknown> => pipe.transform(value, { type: 'query', metatype: Filter });

async function problemsOf(checked: Promise<unknown>): Promise<{ status: number; problems: string[] }> {
  const error = await checked.then(
    (value) => Promise.reject(new Error(`accepted as ${JSON.stringify(value)}`)),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DomainError)) throw error;
  return { status: error.status, problems: (error.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`) };
}

describe('a body', () => {
  it('comes out as an instance of its class, with what was sent and nothing else', async () => {
    const sent = { text: 'abcd', blank: null, integer: 5, flag: false, day: null, list: ['a'], parts: [{ name: 'x' }] };
    const body = await asBody(sent);
    expect(body).toBeInstanceOf(Thing);
    expect(JSON.parse(JSON.stringify(body))).toEqual(sent);
  });

  it.each<[object, string[]]>([
    [{ text: 'a' }, ['/text min-length']],
    [{ text: 'abcde' }, ['/text max-length']],
    [{ text: '  ' }, ['/text safe-text']],
    [{ text: null }, ['/text string']],
    [{ text: 12 }, ['/text string']],
    [{ text: ['ab'] }, ['/text string']],
    [{ integer: '1' }, ['/integer int']],
    [{ integer: 1.5 }, ['/integer int']],
    [{ integer: -2 }, ['/integer min']],
    [{ integer: 6 }, ['/integer max']],
    [{ integer: true }, ['/integer int']],
    [{ decimal: '0.5' }, ['/decimal number']],
    [{ decimal: Number.NaN }, ['/decimal number']],
    [{ flag: 'true' }, ['/flag boolean']],
    [{ flag: 1 }, ['/flag boolean']],
    [{ choice: 'toString' }, ['/choice in']],
    [{ choice: ['a'] }, ['/choice in']],
    [{ day: '2026-02-30' }, ['/day date']],
    [{ id: '01890A5D-AC96-774B-BCCE-B302099A8057' }, ['/id matches']],
    [{ list: 'a' }, ['/list array']],
    [{ list: ['a', 'b', 'c'] }, ['/list array-max-size']],
    [{ list: ['a', 'a'] }, ['/list array-unique']],
    [{ list: [' '] }, ['/list matches']],
    [{ list: ['abcd'] }, ['/list max-length']],
    [{ part: [] }, ['/part object']],
    [{ part: [{ name: 'x' }] }, ['/part object']],
    [{ part: {} }, ['/part/name string']],
    [{ parts: {} }, ['/parts array']],
    [{ parts: [[{ name: 'x' }]] }, ['/parts object']],
    [{ parts: [null] }, ['/parts object']],
    [{ parts: [{ name: 'x', admin: true }] }, ['/parts/0/admin unknown-field']],
    [{ 'a/b~c': 1 }, ['/a~1b~0c unknown-field']],
    [{ text: 'a', integer: 9, other: 1 }, ['/other unknown-field', '/text min-length', '/integer max']],
  ])('%j is refused: %j', async (body, problems) => {
    expect(await problemsOf(asBody(body))).toEqual({ status: 422, problems: expect.arrayContaining(problems) });
    expect((await problemsOf(asBody(body))).problems).toHaveLength(problems.length);
  });

  it.each([undefined, null, [], 'text', 1, true])('is an object and not %j', async (body) => {
    expect(await problemsOf(asBody(body))).toEqual({ status: 422, problems: [' object'] });
  });

  it('counts characters as Postgres does', async () => {
    await expect(asBody({ text: '😀😀😀😀' })).resolves.toBeDefined();
    expect((await problemsOf(asBody({ text: '😀' }))).problems).toEqual(['/text min-length']);
    expect((await problemsOf(asBody({ text: 'a\ufe0fa\ufe0fa' }))).problems).toEqual(['/text max-length']);
  });
});

describe('a query', () => {
  it('becomes numbers and flags where its fields say so', async () => {
    const query = { limit: '7', score: '-0.5', flag: 'false', choices: 'a,b', texts: 'x,y' };
    expect((await problemsOf(asQuery(query))).problems).toEqual(['?score min']);
    expect(await asQuery({ ...query, score: '2.25' })).toEqual({
      limit: 7,
      score: 2.25,
      flag: false,
      choices: ['a', 'b'],
      texts: ['x,y'],
    });
    expect(await asQuery({ choices: ['a', 'b'], texts: ['x', 'y'] })).toMatchObject({ limit: 20, texts: ['x', 'y'] });
  });

  it.each(['1e2', '0x10', 'NaN', '+5', '1.0', ' 5', '5 ', '', '٣', '1_0', '99999999999999999999'])(
    'takes %j for no integer',
    async (limit) => {
      expect(await problemsOf(asQuery({ limit }))).toEqual({ status: 400, problems: ['?limit int'] });
    },
  );

  it.each<[object, string]>([
    [{ limit: ['1', '2'] }, '?limit int'],
    [{ score: '1.001' }, '?score number'],
    [{ score: '.5' }, '?score number'],
    [{ flag: 'yes' }, '?flag boolean'],
    [{ flag: ['true', 'false'] }, '?flag boolean'],
    [{ choices: 'a,c' }, '?choices in'],
    [{ choices: 'a,a' }, '?choices array-unique'],
    [{ texts: ['a', 'b', 'c'] }, '?texts array-max-size'],
    [{ other: '1' }, '?other unknown-field'],
    [{ toString: '1' }, '? unsafe-text'],
    [JSON.parse('{"__proto__":"1"}') as object, '? unsafe-text'],
    [{ texts: '\0' }, '? unsafe-text'],
    [{ texts: ['a', '\ud800'] }, '? unsafe-text'],
  ])('%j is refused: %s', async (query, problem) => {
    expect(await problemsOf(asQuery(query))).toEqual({ status: 400, problems: [problem] });
  });
});

it('leaves alone what is no class of fields', async () => {
  const other: [unknown, ArgumentMetadata][] = [
    [Buffer.from('x'), { type: 'body', metatype: Buffer }],
    ['id', { type: 'param', metatype: String }],
    [{ any: 1 }, { type: 'custom', metatype: Thing }],
  ];
  for (const [value, metadata] of other) expect(await pipe.transform(value, metadata)).toBe(value);
});
