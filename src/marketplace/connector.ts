import type { Permission } from '../rbac/permission';
import type { ImportRow, Rating } from '../risk/import/import-row';
import type { Capability, ConnectorCategory, ConnectorStatus } from './connector-terms';

/** A connector is one folder in src/marketplace/connectors/, whose index file exports it as `connector`. */
export interface Connector {
  readonly manifest: ConnectorManifest;
  /** What an installation's configuration can do right now; never throws for what the target does. */
  test(context: ConnectorContext): Promise<readonly ConnectorCheck[]>;
  /** Brings records; absent for connectors that bring none. Steps come in an order that their checkpoints can continue. */
  sync?(context: SyncContext): AsyncIterable<SyncStep>;
}

export interface ConnectorManifest {
  /** Its name for ever, and the one of its folder: `cisa-kev`. Apps are found by the id that is made of it. */
  readonly slug: string;
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  readonly author: string;
  readonly description: string;
  readonly category: ConnectorCategory;
  readonly status: ConnectorStatus;
  readonly capabilities: readonly Capability[];
  /** URL */
  readonly documentation: string;
  /** SPDX */
  readonly license: string;
  /** Whoever installs it must have these, in the whole tenant: it works in their place. */
  readonly requiredPermissions: readonly Permission[];
  readonly configSchema: ConfigSchema;
  /**
   * A tenant may have several apps of it at a time. Not of one that brings records: these belong to the connector, and two
   * apps would take each other's for vanished.
   */
  readonly multiple?: true;
}

/**
 * JSON Schema 2020-12 (ajv, strict) of an object. A secret is a text with `writeOnly: true`; the one URL that the secrets
 * are sent to has `format: 'uri'` and `'x-target': true`.
 */
export interface ConfigSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, ConfigProperty>>;
}

export interface ConfigProperty {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly title?: string;
  readonly description?: string;
  readonly writeOnly?: true;
  readonly 'x-target'?: true;
  readonly [keyword: string]: unknown;
}

export interface ConnectorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** Why not: for a person. */
  readonly error?: string;
}

export interface ConnectorContext {
  /** With its secrets opened. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly http: ConnectorHttp;
  readonly signal: AbortSignal;
}

/** The only way out that a connector has: OutboundClient. */
export interface ConnectorHttp {
  request(url: string | URL, request: ConnectorRequest): Promise<ConnectorAnswer>;
}

export interface ConnectorRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly deadlineMs: number;
  /** Of the answer, decoded. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Default: any 2xx; what is not accepted throws. */
  readonly accept?: (status: number) => boolean;
}

export interface ConnectorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded, and bounded after decoding. */
  readonly body: AsyncIterable<Buffer>;
  text(): Promise<string>;
}

export interface SyncContext extends ConnectorContext {
  /** Of the last step that was stored, of this run or of one that was cut off. */
  readonly checkpoint?: string;
}

export interface SyncStep {
  /** At most 500. */
  readonly records: readonly SyncRecord[];
  /** Where to go on after this step is stored. Absent: nowhere, a crash begins again. */
  readonly checkpoint?: string;
  /** Of all, when the source says so. */
  readonly total?: number;
  /** True on a step that ends a complete listing: what was not seen in this run has vanished at the source. */
  readonly complete?: boolean;
}

/** A row as src/risk/import reads it (candidate or problems), or an enrichment of risks that exist. */
export type SyncRecord =
  | { readonly kind: 'risk'; readonly row: ImportRow }
  | {
      readonly kind: 'likelihood';
      readonly cve: string;
      readonly probability: Rating;
      readonly epss: number;
      readonly percentile: number;
    };
