import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns } from '../../http/returns.decorator';
import { AnyMember } from '../requires.decorator';
import { permissionCatalogue } from './permission-catalogue';
import { ExplainQuery, ExplanationResponse, PermissionMatrixResponse, PermissionsResponse } from './permissions.dto';
import { PermissionsReader } from './permissions.reader';

@ApiTags('Access control')
@Controller('rbac')
export class PermissionsController {
  constructor(private readonly reader: PermissionsReader) {}

  @Get('permissions')
  @AnyMember()
  @Returns(PermissionsResponse, 'Every permission there is')
  listPermissions(): PermissionsResponse {
    return { items: permissionCatalogue };
  }

  @Get('permissions/matrix')
  @AnyMember()
  @Returns(PermissionMatrixResponse, 'Which role may do what')
  getPermissionMatrix(): Promise<PermissionMatrixResponse> {
    return this.reader.matrix();
  }

  @Get('explain')
  @AnyMember()
  @Returns(ExplanationResponse, 'Why somebody may do something, or why not')
  explainPermission(@Query() query: ExplainQuery): Promise<ExplanationResponse> {
    return this.reader.explain(query);
  }
}
