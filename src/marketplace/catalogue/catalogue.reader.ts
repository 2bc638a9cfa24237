import { Injectable } from '@nestjs/common';
import { Cacheable } from '../../cache/cacheable.decorator';
import { Database } from '../../database/database';
import type { Page } from '../../http/pagination';
import type { Connector } from '../connector';
import { connectorIdOf } from '../connector-id';
import { Catalogue } from './catalogue';
import { catalogueFilterOf, matchesFilter, searchRank } from './catalogue-filter';
import { CataloguePages } from './catalogue-page';
import type { ConnectorQuery, ConnectorResponse, ConnectorSearchResponse } from './catalogue.dto';

interface Figures {
  readonly installs: number;
  readonly reviews: number;
  readonly stars: number;
}

/** What can be installed. The same for every tenant, and cached for all of them together. */
@Injectable()
export class CatalogueReader {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly pages: CataloguePages,
  ) {}

  @Cacheable({
    cache: 'connector',
    key: (query: ConnectorQuery) => ['list', { ...query, ...catalogueFilterOf(query) }],
  })
  async list(query: ConnectorQuery): Promise<Page<ConnectorResponse>> {
    const filter = catalogueFilterOf(query);
    const found = this.catalogue.all.filter(({ manifest }) => matchesFilter(manifest, filter));
    return this.pages.pageOf(filter, query, await this.described(found));
  }

  @Cacheable({ cache: 'connector', key: (q: string, limit: number) => ['search', { q, limit }] })
  async search(q: string, limit: number): Promise<ConnectorSearchResponse> {
    const ranked = this.catalogue.all
      .map((connector) => ({ connector, rank: searchRank(connector.manifest, q) }))
      .filter(({ rank }) => rank > 0)
      .sort((one, other) => other.rank - one.rank);
    return { items: await this.described(ranked.slice(0, limit).map(({ connector }) => connector)) };
  }

  /** @throws NotFound 404 */
  @Cacheable({ cache: 'connector', key: (id: string) => ['id', id] })
  async get(id: string): Promise<ConnectorResponse> {
    const [connector] = await this.described([this.catalogue.get(id)]);
    if (!connector) throw new Error('A connector that was just found is not there');
    return connector;
  }

  private async described(connectors: readonly Connector[]): Promise<ConnectorResponse[]> {
    const ids = connectors.map(({ manifest }) => connectorIdOf(manifest.slug));
    const rows = await this.database.read((session) =>
      session.query<Figures & { id: string }>(
        'SELECT connector_id AS id, installs, reviews, stars FROM connector_figures WHERE connector_id = ANY ($1::uuid[])',
        [ids],
      ),
    );
    const figures = new Map(rows.map((row) => [row.id, row]));
    return connectors.map((connector) => toResponse(connector, figures.get(connectorIdOf(connector.manifest.slug))));
  }
}

function toResponse({ manifest }: Connector, figures?: Figures): ConnectorResponse {
  const { installs = 0, reviews = 0, stars = 0 } = figures ?? {};
  const rating = reviews === 0 ? null : Math.round((10 * stars) / reviews) / 10;
  const { slug, multiple = false } = manifest;
  return { id: connectorIdOf(slug), ...manifest, multiple, rating, reviewCount: reviews, installCount: installs };
}
