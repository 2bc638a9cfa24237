import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../http/public.decorator';
import { Returns } from '../http/returns.decorator';
import { GrantsReader } from '../rbac/grants.reader';
import { PrincipalReader } from '../rbac/principal.reader';
import { AnyMember } from '../rbac/requires.decorator';
import { LoginRequest, LoginResponse, MeResponse, toMeResponse } from './auth.dto';
import { LoginService } from './login.service';

@ApiTags('Authentication')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly principals: PrincipalReader,
    private readonly grants: GrantsReader,
  ) {}

  @Post('login')
  @Public()
  @Returns(LoginResponse, 'Exchange e-mail and password for an access token')
  login(@Body() request: LoginRequest): Promise<LoginResponse> {
    return this.logins.login(request);
  }

  @Get('me')
  @AnyMember()
  @Returns(MeResponse, 'Who am I, in which tenant, and what may I do')
  async getMe(): Promise<MeResponse> {
    const [principal, { grants }] = await Promise.all([this.principals.current(), this.grants.current()]);
    return toMeResponse(principal, grants);
  }
}
