import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IfMatch, type ExpectedVersion } from '../../http/conditional';
import { Id } from '../../http/id.decorator';
import { PageOf, PageQuery, type Page } from '../../http/pagination';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { Idempotent } from '../../idempotency/idempotent.decorator';
import { Permission } from '../../rbac/permission';
import { Requires } from '../../rbac/requires.decorator';
import { CreateCustomField, CustomFieldResponse, UpdateCustomField } from './custom-field.dto';
import { CustomFieldReader } from './custom-field.reader';
import { CustomFieldService } from './custom-field.service';

@ApiTags('Risks')
@Controller('custom-fields')
export class CustomFieldController {
  constructor(
    private readonly fields: CustomFieldService,
    private readonly reader: CustomFieldReader,
  ) {}

  @Get()
  @Requires(Permission.RiskRead)
  @Returns(PageOf(CustomFieldResponse), 'The fields that the tenant has added to its risks')
  listCustomFields(@Query() query: PageQuery): Promise<Page<CustomFieldResponse>> {
    return this.reader.list(query);
  }

  @Post()
  @Requires(Permission.RiskAdmin)
  @Idempotent()
  @Returns(CustomFieldResponse, 'Add a field to all risks', 201)
  async createCustomField(
    @Body() request: CreateCustomField,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CustomFieldResponse> {
    const field = await this.fields.create(request);
    reply.header('location', `/api/v1/custom-fields/${field.id}`);
    return field;
  }

  @Get(':id')
  @Requires(Permission.RiskRead)
  @Returns(CustomFieldResponse, 'One custom field')
  getCustomField(@Id() id: string): Promise<CustomFieldResponse> {
    return this.reader.get(id);
  }

  @Patch(':id')
  @Requires(Permission.RiskAdmin)
  @Returns(CustomFieldResponse, 'Change what a custom field takes from now on')
  updateCustomField(
    @Id() id: string,
    @IfMatch() expected: ExpectedVersion,
    @Body() change: UpdateCustomField,
  ): Promise<CustomFieldResponse> {
    return this.fields.update(id, expected, change);
  }

  @Delete(':id')
  @Requires(Permission.RiskAdmin)
  @ReturnsNothing('Delete a custom field; what risks hold under its key stays')
  deleteCustomField(@Id() id: string, @IfMatch() expected: ExpectedVersion): Promise<void> {
    return this.fields.remove(id, expected);
  }
}
