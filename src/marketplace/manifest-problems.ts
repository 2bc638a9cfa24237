import { isPermission } from '../rbac/permission';
import { validatorOf } from './config-validation';
import { secretsOf, targetsOf } from './config-fields';
import type { Connector, ConnectorManifest } from './connector';
import { CAPABILITIES, CONNECTOR_CATEGORIES, CONNECTOR_STATUSES } from './connector-terms';

const slugPattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const semver = /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/;
const longest = { slug: 64, name: 100, author: 100, license: 100, description: 2000, documentation: 500 };

/** Why a connector cannot be used. @param folder that it is in: its slug */
export function manifestProblems(connector: Connector, folder: string): string[] {
  const { manifest } = connector;
  const problems: string[] = [];
  const { slug, version, category, status, capabilities, requiredPermissions } = manifest;
  if (slug !== folder || !slugPattern.test(slug)) problems.push(`has the slug ${slug}: it must be the folder's name`);
  for (const [field, most] of Object.entries(longest) as [keyof typeof longest, number][]) {
    const { length } = manifest[field];
    if (length === 0 || length > most) problems.push(`has a ${field} that is empty or longer than ${most}`);
  }
  if (!semver.test(version)) problems.push(`has the version ${version}: it must be semantic, as 1.0.0`);
  if (!CONNECTOR_CATEGORIES.includes(category)) problems.push(`has an unknown category ${category}`);
  if (!CONNECTOR_STATUSES.includes(status)) problems.push(`has an unknown status ${status}`);
  const unknown = capabilities.find((capability) => !CAPABILITIES.includes(capability));
  if (unknown !== undefined) problems.push(`has an unknown capability ${unknown}`);
  if (!requiredPermissions.every(isPermission)) problems.push('requires a permission that there is not');
  if (!URL.canParse(manifest.documentation)) problems.push('has a documentation that is no URL');
  if (manifest.multiple && connector.sync) problems.push('brings records: it cannot be multiple');
  return [...problems, ...schemaProblems(manifest)];
}

function schemaProblems({ configSchema }: ConnectorManifest): string[] {
  const problems: string[] = [];
  try {
    validatorOf(configSchema);
  } catch (error) {
    problems.push(`has an unusable configSchema: ${error instanceof Error ? error.message : String(error)}`);
  }
  // What is undeclared could be a secret, and would be shown.
  if (configSchema.additionalProperties as boolean) problems.push('must have additionalProperties: false');
  const { properties } = configSchema;
  const [secrets, targets] = [secretsOf(configSchema), targetsOf(configSchema)];
  if (secrets.some((name) => properties[name]?.type !== 'string')) problems.push('has a secret that is no text');
  if (secrets.some((name) => properties[name]?.['default'] !== undefined)) problems.push('has a secret with a default');
  if (targets.length > 1) problems.push('has more than one x-target');
  if (targets.some((name) => properties[name]?.['format'] !== 'uri')) problems.push('has an x-target that is no uri');
  return problems;
}
