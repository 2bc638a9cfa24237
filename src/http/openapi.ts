import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { documentAnswers } from './openapi-answers';

const about = `Risk register, scoring, lifecycle and statistics of many tenants.

Log in with \`POST /api/v1/auth/login\`, press **Authorize** and paste the access token. Every error is
\`application/problem+json\` (RFC 9457). Lists page with cursors; changes of a resource need its ETag in \`If-Match\`.`;

const tags: Readonly<Record<string, string>> = {
  Authentication: 'Log in, and learn who you are.',
  Assets: 'What risks threaten: systems, suppliers, sites, processes. Their criticality weighs in the score.',
  Jobs: 'Work that nobody waits for: how far it is, what came of it.',
  'Access control': 'Members, roles, teams and invitations: who may do what.',
  Tenants: 'The tenants I am in, and what becomes of the one I work in.',
  Risks: 'The risk register: list, search, change, lifecycle, history, bulk and import.',
  Mitigations: 'What is done about risks, step by step, and what to do next.',
  Audit: 'Who did what, and who was refused it: list, look up, export.',
  Dashboard: 'Statistics over the register; the numbers equal what the lists return.',
  Marketplace: 'Connectors that can be installed, the apps that are, and what was done with them.',
  Operations: 'The cache and the connections of a running instance.',
  Health: 'Probes for balancers and orchestrators.',
};

/** The OpenAPI 3.1 document of all routes, each with every status it answers, its schema and an example. */
export function buildOpenApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('OpenRisk API')
    .setDescription(about)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' });
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
  });
  return documentAnswers(document);
}

/** Swagger UI at /docs, with its assets from here, and the document at /openapi.json. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup('docs', app, () => (document ??= buildOpenApi(app)), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'OpenRisk API',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, filter: true, displayRequestDuration: true },
  });
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onSend', (request, reply, payload, done) => {
    if (request.url.startsWith('/docs')) reply.header('content-security-policy', swaggerUiPolicy);
    done(null, payload);
  });
}

/** Swagger UI brings inline styles and images as data; scripts come from here only. */
const swaggerUiPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
