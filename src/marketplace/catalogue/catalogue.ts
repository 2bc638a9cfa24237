import { Injectable } from '@nestjs/common';
import { v5 as namedId } from 'uuid';
import { NotFound } from '../../errors/http.errors';
import type { Connector } from '../connector';
import { connectorsIn, SHIPPED } from '../connectors';
import { MarketplaceConfig } from '../marketplace.config';

const NAMESPACE = '6f0c1f4e-59a5-5c8e-9d5b-0a2f3d7c4b11';

/** The same everywhere, and in every version. */
export function connectorIdOf(slug: string): string {
  return namedId(slug, NAMESPACE);
}

/** The connectors of this installation: code, the same for all tenants. */
@Injectable()
export class Catalogue {
  /** By name. */
  readonly all: readonly Connector[];
  private readonly byId: ReadonlyMap<string, Connector>;

  constructor({ connectorsDir }: MarketplaceConfig) {
    const found = connectorsIn(SHIPPED, ...(connectorsDir === undefined ? [] : [connectorsDir]));
    this.all = found.sort((one, other) => (one.manifest.name < other.manifest.name ? -1 : 1));
    this.byId = new Map(this.all.map((connector) => [connectorIdOf(connector.manifest.slug), connector]));
  }

  /** Undefined for one that this version of the product no longer has: apps of it may still be there. */
  find(id: string): Connector | undefined {
    return this.byId.get(id);
  }

  /** @throws NotFound 404 */
  get(id: string): Connector {
    const connector = this.find(id);
    if (!connector) throw new NotFound('connector');
    return connector;
  }
}
