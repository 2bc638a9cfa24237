import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { AssetQuery, AssetResponse, CreateAsset, DeleteAssetQuery, UpdateAsset } from './asset.dto';
import { AssetReader } from './asset.reader';
import { AssetService } from './asset.service';

@ApiTags('Assets')
@Controller('assets')
export class AssetController {
  constructor(
    private readonly assets: AssetService,
    private readonly reader: AssetReader,
  ) {}

  @Get()
  @Requires(Permission.AssetRead)
  @Returns(PageOf(AssetResponse), 'What risks threaten')
  listAssets(@Query() query: AssetQuery): Promise<Page<AssetResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.AssetCreate)
  @Idempotent()
  @Returns(AssetResponse, 'Add an asset', 201)
  async createAsset(
    @Body() request: CreateAsset,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AssetResponse> {
    const asset = await this.assets.create(request);
    reply.header('location', `/api/v1/assets/${asset.id}`);
    return asset;
  }

  @Get(':id')
  @Requires(Permission.AssetRead)
  @Returns(AssetResponse, 'One asset')
  getAsset(@Id() id: string): Promise<AssetResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.AssetUpdate)
  @Returns(AssetResponse, 'Change an asset; its criticality scores its risks anew')
  updateAsset(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateAsset,
  ): Promise<AssetResponse> {
    return this.assets.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.AssetDelete)
  @ReturnsNothing('Delete an asset that no risk names, or take it out of those that do')
  deleteAsset(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Query() { detach }: DeleteAssetQuery,
  ): Promise<void> {
    return this.assets.remove(id, expected, detach);
  }
}
