import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { provideConfig } from '../config/config.module';
import { AccessTokens } from './access-token';
import { AuthConfig } from './auth.config';
import { AuthController } from './auth.controller';
import { AuthenticationGuard } from './authentication.guard';
import { LargeBodyGate } from './large-body-gate';
import { LoginService } from './login.service';
import { Passwords } from './password';

@Module({
  controllers: [AuthController],
  providers: [
    provideConfig(AuthConfig),
    AccessTokens,
    Passwords,
    LoginService,
    LargeBodyGate,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
  ],
  exports: [Passwords],
})
export class AuthModule {}
