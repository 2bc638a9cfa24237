import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Returns } from '../http/returns.decorator';
import { PermissionMatrixResponse, permissionMatrix } from './rbac.dto';
import { AnyMember } from './requires.decorator';

@ApiTags('Access control')
@Controller('rbac')
export class RbacController {
  @Get('permissions/matrix')
  @AnyMember()
  @Returns(PermissionMatrixResponse, 'Which predefined role may do what')
  getPermissionMatrix(): PermissionMatrixResponse {
    return permissionMatrix();
  }
}
