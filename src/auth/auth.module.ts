import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { AccessTokens } from './access-token';
import { AuthConfig } from './auth.config';
import { AuthController } from './auth.controller';
import { AuthMetrics, authMetricProviders } from './auth.metrics';
import { AuthenticationGuard } from './authentication.guard';
import { LargeBodyGate } from './large-body-gate';
import { LoginService } from './login.service';
import { Passwords } from './password';
import { SessionReader } from './sessions/session.reader';
import { SessionService } from './sessions/session.service';

@Module({
  controllers: [AuthController],
  providers: [
    provideConfig(AuthConfig),
    ...authMetricProviders,
    AuthMetrics,
    AccessTokens,
    Passwords,
    SessionReader,
    SessionService,
    LoginService,
    LargeBodyGate,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [Passwords],
})
export class AuthModule {}
