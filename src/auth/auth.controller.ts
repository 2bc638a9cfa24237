import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NotStored } from '../http/not-stored.decorator';
import { Public } from '../http/public.decorator';
import { Returns, ReturnsNothing } from '../http/returns.decorator';
import { GrantsReader } from '../rbac/grants.reader';
import { PrincipalReader } from '../rbac/principal.reader';
import { AnyMember, EvenWhile } from '../rbac/requires.decorator';
import { LoginRequest, LoginResponse, MeResponse, RefreshRequest, SwitchTenantRequest, toMeResponse } from './auth.dto';
import { LoginService } from './login.service';
import { SessionOnly } from './session-only.decorator';
import { RefreshService } from './sessions/refresh.service';
import { SessionService } from './sessions/session.service';
import { SwitchTenantService } from './sessions/switch-tenant.service';

@ApiTags('Authentication')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly logins: LoginService,
    private readonly refreshes: RefreshService,
    private readonly sessions: SessionService,
    private readonly switches: SwitchTenantService,
    private readonly principals: PrincipalReader,
    private readonly grants: GrantsReader,
  ) {}

  @Post('login')
  @Public()
  @NotStored()
  @Returns(LoginResponse, 'Exchange e-mail and password for an access token and a refresh token')
  login(@Body() request: LoginRequest): Promise<LoginResponse> {
    return this.logins.login(request);
  }

  @Post('refresh')
  @Public()
  @NotStored()
  @Returns(LoginResponse, 'Exchange a refresh token for new tokens; used twice, it ends the session')
  refreshSession(@Body() { refreshToken }: RefreshRequest): Promise<LoginResponse> {
    return this.refreshes.refresh(refreshToken);
  }

  @Post('logout')
  @AnyMember()
  @EvenWhile('SUSPENDED', 'DELETED')
  @SessionOnly()
  @ReturnsNothing('End this session')
  async logout(): Promise<void> {
    await this.sessions.endCurrent();
  }

  @Post('switch-tenant')
  @AnyMember()
  @EvenWhile('SUSPENDED', 'DELETED')
  @SessionOnly()
  @NotStored()
  @Returns(LoginResponse, 'End this session and open one in another of your tenants')
  switchTenant(@Body() { tenant }: SwitchTenantRequest): Promise<LoginResponse> {
    return this.switches.switchTo(tenant);
  }

  @Get('me')
  @AnyMember()
  @Returns(MeResponse, 'Who am I, in which tenant, and what may I do')
  async getMe(): Promise<MeResponse> {
    const [principal, { grants }] = await Promise.all([this.principals.current(), this.grants.current()]);
    return toMeResponse(principal, grants);
  }
}
