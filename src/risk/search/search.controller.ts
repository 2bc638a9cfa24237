import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns } from '../../http/returns.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { SearchQuery, SearchResponse } from './search.dto';
import { SearchReader } from './search.reader';

@ApiTags('Risks')
@Controller('risks')
export class SearchController {
  constructor(private readonly reader: SearchReader) {}

  @Get('search')
  @Requires(Permission.RiskRead)
  @Returns(SearchResponse, 'Find risks by words, beginnings of words, and words with typing errors')
  searchRisks(@Query() { q, limit }: SearchQuery): Promise<SearchResponse> {
    return this.reader.search(q, limit);
  }
}
