import { Injectable } from '@nestjs/common';
import { NotFound } from '../../errors/http.errors';
import type { Connector } from '../connector';
import { connectorIdOf } from '../connector-id';
import { connectorsIn, SHIPPED } from '../connectors';
import { MarketplaceConfig } from '../marketplace.config';

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
