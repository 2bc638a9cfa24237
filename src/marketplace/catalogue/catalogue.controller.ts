import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import {
  ConnectorQuery,
  ConnectorResponse,
  ConnectorSearchQuery,
  ConnectorSearchResponse,
  EXAMPLE_CONNECTOR_ID,
} from './catalogue.dto';
import { CatalogueReader } from './catalogue.reader';

@ApiTags('Marketplace')
@Controller('marketplace/connectors')
export class CatalogueController {
  constructor(private readonly reader: CatalogueReader) {}

  @Get()
  @Requires(Permission.ConnectorRead)
  @Returns(PageOf(ConnectorResponse), 'What can be installed, by name')
  listConnectors(@Query() query: ConnectorQuery): Promise<Page<ConnectorResponse>> {
    return this.reader.list(query);
  }

  @Get('search')
  @Requires(Permission.ConnectorRead)
  @Returns(ConnectorSearchResponse, 'Find connectors by words')
  searchConnectors(@Query() { q, limit }: ConnectorSearchQuery): Promise<ConnectorSearchResponse> {
    return this.reader.search(q, limit);
  }

  @Get(':id')
  @Requires(Permission.ConnectorRead)
  @Returns(ConnectorResponse, 'One connector, with the schema of its configuration')
  getConnector(@Id('id', EXAMPLE_CONNECTOR_ID) id: string): Promise<ConnectorResponse> {
    return this.reader.get(id);
  }
}
