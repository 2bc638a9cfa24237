import * as fc from 'fast-check';
import type { ImportFormatId } from './formats/file-format';
import { IMPORT_FORMATS } from './import-format';
import { MAX_IMPORT_BYTES, MAX_IMPORT_ROWS } from './import-limits';
import { readText } from './read-import';
import { UnreadableImport } from './unreadable-import';

const register = 'title,probability,impact\nFire,2,5\n';

function refusal(file: string | Buffer, options = {}): UnreadableImport {
  try {
    readText(Buffer.isBuffer(file) ? file : Buffer.from(file), options);
  } catch (error) {
    if (error instanceof UnreadableImport) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('readText', () => {
  it.each([
    ['an empty file', '', 'is empty'],
    ['blanks', ' \n\t\r\n', 'is empty'],
    ['a byte order mark alone', '\uFEFF', 'is empty'],
    ['a NUL', 'title,prob\0ability', 'byte 11 is NUL'],
    ['a PDF', '%PDF-1.7', 'a PDF document'],
    ['XML', '<?xml version="1.0"?><r/>', 'an XML or HTML document'],
    ['truncated JSON', '{"findings": [\n{"title": "a', 'truncated'],
    ['JSON that never ends', '{"findings": [', 'truncated'],
    ['broken JSON', '{"findings": [}', 'not valid JSON'],
    ['bottomless JSON', `{"findings": ${'['.repeat(100_000)}`, 'nested deeper than 20'],
    [
      'an object of countless names',
      `{${Array.from({ length: 501 }, (_, at) => `"k${at}":0`).join()}}`,
      'more than 500 fields',
    ],
    ['JSON without findings', '{"results": []}', 'JSON object with the keys "results"'],
    ['a JSON list of something', '[1, 2]', 'a JSON list'],
    ['findings that are no list', '{"findings": null}', '"findings" must be a list'],
    [
      'a name that is given twice',
      '[{"title": "A",\n"title": "B", "probability": 1, "impact": 1}]',
      '"title" twice in one object (line 2)',
    ],
    ['no findings', '{"findings": []}', 'nothing to import'],
    ['an empty register', '[]', 'nothing to import'],
    ['a header alone', 'title,probability,impact\n', 'nothing to import'],
    ['unknown columns', 'foo,bar\n1,2\n', 'Its columns are "foo", "bar"'],
    ['prose', 'Dear Sir or Madam', 'no known format'],
    ['SARIF without runs', '{"version": "2.1.0", "runs": []}', 'nothing to import'],
    ['SARIF with runs of another shape', '{"runs": [{"results": {}}]}', '"results" of a run must be a list'],
    ['no findings', '{"meta": {"application": "Dependency-Track"}, "findings": null}', 'nothing to import'],
    ['empty findings', '{"findings": [{"component": {}, "vulnerability": {}}]}', 'The only row has a problem'],
    ['OSCAL', '{"catalog": {"uuid": "1", "metadata": {}}}', 'an OSCAL document'],
    ['CycloneDX', '{"bomFormat": "CycloneDX", "vulnerabilities": []}', 'a CycloneDX document'],
    ['a schema that is no text', '{"$schema": {"toString": 1}}', 'no known format'],
    ['another list of vulnerabilities', '{"vulnerabilities": [{"cve": {}}]}', 'no known format'],
  ])('refuses %s', (_, file, message) => {
    expect(refusal(file)).toMatchObject({
      status: 422,
      code: 'import.unreadable',
      message: expect.stringContaining(message),
    });
  });

  it('names what is supported when the format is not known', () => {
    for (const { id } of IMPORT_FORMATS) expect(refusal('foo,bar\n1,2\n').message).toContain(id);
  });

  it('says on which line the text or the JSON breaks', () => {
    expect(refusal(Buffer.concat([Buffer.from('title\nok\n'), Buffer.from([0xe9, 0x0a])]))).toMatchObject({
      line: 3,
      extensions: { line: 3 },
    });
    expect(refusal('{"findings": [\n\n{"title": "a",}]}').line).toBe(3);
  });

  it('reads UTF-8 with a byte order mark and UTF-16 in both orders', () => {
    const littleEndian = Buffer.from(`\uFEFF${register}`, 'utf16le');
    const bigEndian = Buffer.from(littleEndian).swap16();
    for (const file of [Buffer.from(`\uFEFF${register}`), littleEndian, bigEndian]) {
      expect(readText(file).rows[0]?.candidate?.title).toBe('Fire');
    }
    expect(refusal(Buffer.concat([littleEndian, Buffer.from([0x00])])).message).toContain('damaged');
  });

  it('refuses more than 32 MiB and more than 100,000 items', () => {
    expect(refusal(Buffer.alloc(MAX_IMPORT_BYTES + 1, 'a')).message).toContain('larger than 32 MiB');
    expect(refusal(`[${'0,'.repeat(MAX_IMPORT_ROWS)}{"title":"a"}]`).message).toContain('at most 100000');
  });

  it('reads a file as the format that is asked for, or says what that needs', () => {
    expect(readText(Buffer.from(register), { format: 'register-csv' }).format.id).toBe('register-csv');
    expect(refusal(register, { format: 'kev' }).message).toContain('it needs a list "vulnerabilities"');
    expect(refusal(register, { format: 'findings-json' }).message).toBe('The file is not valid JSON.');
    expect(refusal(register, { format: 'nope' as ImportFormatId }).message).toContain('no import format "nope"');
  });

  it('takes the name and the media type for JSON only when the content does not tell', () => {
    expect(readText(Buffer.from(register), { fileName: 'risks.csv' }).format.id).toBe('register-csv');
    expect(refusal('oops', { fileName: 'risks.JSON' }).message).toBe('The file is not valid JSON.');
    expect(refusal('oops', { mediaType: 'application/json; charset=utf-8' }).message).toBe(
      'The file is not valid JSON.',
    );
  });

  it('refuses a file in which every row has a problem, with the places', () => {
    const error = refusal('title,probability,impact\n,2,5\nFire,9,5\n');
    expect(error.message).toContain('All 2 rows have problems');
    expect(error.errors).toEqual([
      { pointer: '/rows/1/title', code: 'required', message: 'is required' },
      { pointer: '/rows/2/probability', code: 'number-range', message: 'must be a number from 1 to 5' },
    ]);
  });

  it('keeps the good rows beside the bad ones', () => {
    const { rows } = readText(Buffer.from('title,probability,impact\nFire,2,5\nFlood,x,5\n'));
    expect(rows.map(({ candidate }) => candidate?.title)).toEqual(['Fire', undefined]);
  });
});

describe('readText on hostile input', () => {
  const onlyRefuses = (file: Buffer): void => {
    try {
      for (const row of readText(file).rows) {
        const outcomes = [row.candidate, row.problems[0], row.mergedInto].filter((each) => each !== undefined);
        expect(outcomes).toHaveLength(1);
        if (row.candidate) expectWithinLimits(row.candidate);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableImport);
    }
  };

  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '\0',
      '\ud800',
      '__proto__',
      '=1+1',
      '<script>',
      '1e308',
      '--',
      'High',
      '2025-01-31',
      'x'.repeat(300),
    ),
  );
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const fieldName = fc.oneof(
    fc.constantFrom('title', 'severity', 'description', 'endpoints', 'epss_score', 'cwes', 'probability', 'impact'),
    fc.constantFrom(
      'cveID',
      'vulnerabilityName',
      'dueDate',
      'tags',
      'customFields',
      '__proto__',
      'constructor',
      'name',
    ),
  );
  const item = fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.tuple(fieldName, value)).map((entries) => Object.fromEntries(entries)) },
    { weight: 1, arbitrary: value },
  );
  const goodPart = { title: 'a', severity: 'Low' };

  it('never throws anything but a refusal for bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => onlyRefuses(Buffer.from(bytes))));
  });

  it('never throws anything but a refusal for JSON', () => {
    const wrap = fc.constantFrom('findings', 'vulnerabilities', 'items', 'risks', '$schema', 'meta', 'runs', 'catalog');
    fc.assert(
      fc.property(wrap, fc.array(item), value, (key, items, other) => {
        onlyRefuses(Buffer.from(JSON.stringify({ [key]: items, other })));
        onlyRefuses(Buffer.from(JSON.stringify({ [key]: other })));
        onlyRefuses(Buffer.from(JSON.stringify({ findings: [goodPart, ...items] })));
        onlyRefuses(Buffer.from(JSON.stringify({ catalogVersion: '1', vulnerabilities: items })));
        onlyRefuses(Buffer.from(JSON.stringify([{ title: 'a', probability: 1, impact: 1 }, ...items])));
      }),
    );
  });

  it('never throws anything but a refusal for CSV', () => {
    const header = fc.constantFrom(
      'title;probability;impact;tags',
      'Title,Severity,Url,CweId',
      'name;current_proba;current_impact;threats',
      'cveID,vulnerabilityName,dueDate,cwes',
    );
    const cell = text.map((raw) => `"${raw.replaceAll('"', '""')}"`);
    fc.assert(
      fc.property(
        header,
        fc.array(fc.array(cell, { minLength: 3, maxLength: 5 })),
        fc.string(),
        (names, rows, tail) => {
          const delimiter = names.includes(';') ? ';' : ',';
          const body = rows.map((cells) => cells.join(delimiter)).join('\n');
          onlyRefuses(Buffer.from(`${names}\n${body}`));
          onlyRefuses(Buffer.from(`${names}\n${body}\n${tail}`));
        },
      ),
    );
  });

  it('gives the same ids for the same file', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1 }), (items) => {
        const file = Buffer.from(JSON.stringify({ findings: [goodPart, ...items] }));
        expect(readText(file).rows).toEqual(readText(file).rows);
      }),
    );
  });
});

function expectWithinLimits(candidate: NonNullable<ReturnType<typeof readText>['rows'][number]['candidate']>): void {
  const { title, description, externalId, tags, probability, impact, customFields = {} } = candidate;
  expect(title.length >= 1 && title.length <= 255).toBe(true);
  expect(description.length).toBeLessThanOrEqual(20_000);
  expect(externalId.length >= 1 && externalId.length <= 255).toBe(true);
  expect(tags.length).toBeLessThanOrEqual(50);
  expect([1, 2, 3, 4, 5]).toContain(probability);
  expect([1, 2, 3, 4, 5]).toContain(impact);
  expect(Object.keys(customFields).length).toBeLessThanOrEqual(50);
  const everything = JSON.stringify(candidate);
  expect(everything).not.toContain('\\u0000');
  expect(everything).not.toMatch(/\\ud[89a-f]/i);
}
