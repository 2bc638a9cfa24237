import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { KeysetPages } from '../database/keyset-page';
import { AccessTokens } from './access-token';
import { AccountController } from './accounts/account.controller';
import { InvitationService } from './accounts/invitation.service';
import { NewOwners } from './accounts/new-owner';
import { PasswordService } from './accounts/password.service';
import { RegistrationService } from './accounts/registration.service';
import { SetupService } from './accounts/setup.service';
import { ApiTokenAuthentication } from './api-tokens/api-token.authentication';
import { ApiTokenController } from './api-tokens/api-token.controller';
import { ApiTokenReader } from './api-tokens/api-token.reader';
import { ApiTokenService } from './api-tokens/api-token.service';
import { ApiTokenUse } from './api-tokens/api-token-use';
import { AuthConfig } from './auth.config';
import { AuthController } from './auth.controller';
import { AuthMetrics, authMetricProviders } from './auth.metrics';
import { Authentication } from './authentication';
import { AuthenticationGuard } from './authentication.guard';
import { LargeBodyGate } from './large-body-gate';
import { LoginService } from './login.service';
import { Passwords } from './password';
import { OwnTenantReader } from './sessions/own-tenant.reader';
import { RefreshService } from './sessions/refresh.service';
import { SessionController } from './sessions/session.controller';
import { SessionReader } from './sessions/session.reader';
import { SessionService } from './sessions/session.service';
import { SwitchTenantService } from './sessions/switch-tenant.service';

@Module({
  controllers: [AuthController, SessionController, ApiTokenController, AccountController],
  providers: [
    provideConfig(AuthConfig),
    ...authMetricProviders,
    AuthMetrics,
    KeysetPages,
    AccessTokens,
    Passwords,
    OwnTenantReader,
    SessionReader,
    SessionService,
    RefreshService,
    SwitchTenantService,
    LoginService,
    ApiTokenReader,
    ApiTokenUse,
    ApiTokenService,
    ApiTokenAuthentication,
    PasswordService,
    NewOwners,
    RegistrationService,
    SetupService,
    InvitationService,
    Authentication,
    LargeBodyGate,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [Passwords],
})
export class AuthModule {}
