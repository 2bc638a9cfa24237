import { describeSettings } from '../../src/config/describe-config';
import { buildOpenApi } from '../../src/http/openapi';
import { allPermissions } from '../../src/rbac/permission';
import { grantsOf, predefinedRoles } from '../../src/rbac/role-matrix';
import '../../src/start/start.config';
import { createTestApp, type TestApp } from '../support/test-app';
import { expectGenerated } from './expect-generated';

describe('generated documentation', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp();
  });
  afterAll(() => test.close());

  it('docs/openapi.json is the document that the application serves', async () => {
    const served = await test.anonymous().get('/openapi.json');
    expect(served.body).toEqual(JSON.parse(JSON.stringify(buildOpenApi(test.app))));
    await expectGenerated('openapi.json', JSON.stringify(served.body));
  });

  it('docs/configuration.md lists every setting of the config classes', async () => {
    const rows = describeSettings().map(
      ({ name, about, form, defaultValue = '' }) =>
        `| \`${name}\` | ${about.replaceAll('|', '\\|')} | ${form.replaceAll('|', '\\|')} | ${defaultValue} |`,
    );
    await expectGenerated(
      'configuration.md',
      [
        '# Configuration',
        'Everything is set by environment variables; a bad value stops the boot with a list of all problems.',
        'This table is written by `npm run docs` from the config classes (`src/**/*.config.ts`).',
        '',
        '| variable | what it does | form | default |',
        '|---|---|---|---|',
        ...rows,
        '',
      ].join('\n'),
    );
  });

  it('docs/permissions.md is the matrix that the guard reads', async () => {
    const rows = allPermissions.map((permission) => {
      const cells = predefinedRoles.map(({ key }) => grantsOf(key).get(permission) ?? '');
      return `| \`${permission}\` | ${cells.join(' | ')} |`;
    });
    await expectGenerated(
      'permissions.md',
      [
        '# Permissions',
        'What each predefined role may do, and how far it reaches: `own` is what one owns or is assigned to, `team` also what',
        "the other members of one's teams own or are assigned to, `tenant` is everything. What reading does not reach is answered",
        '404, what can be read but not changed 403; what somebody adds or changes has to be within their reach afterwards. An API',
        'token narrows what its owner may do now and never widens it. The same table is served by',
        '`GET /api/v1/rbac/permissions/matrix`. Written by `npm run docs` from `src/rbac/role-matrix.ts`.',
        '',
        `| permission | ${predefinedRoles.map(({ name }) => name).join(' | ')} |`,
        '|---|---|---|---|---|',
        ...rows,
        '',
      ].join('\n'),
    );
  });
});
