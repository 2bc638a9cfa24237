import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { NotStored } from '../../http/not-stored.decorator';
import { Public } from '../../http/public.decorator';
import { Returns, ReturnsNothing } from '../../http/returns.decorator';
import { AnyMember } from '../../rbac/requires.decorator';
import { LoginResponse } from '../auth.dto';
import { SessionOnly } from '../session-only.decorator';
import { AcceptInvitationRequest, ChangePassword, NewOwner, SetupRequest } from './account.dto';
import { InvitationService } from './invitation.service';
import { PasswordService } from './password.service';
import { RegistrationService } from './registration.service';
import { SetupService } from './setup.service';

@ApiTags('Authentication')
@Controller('auth')
export class AccountController {
  constructor(
    private readonly passwords: PasswordService,
    private readonly registrations: RegistrationService,
    private readonly setups: SetupService,
    private readonly invitations: InvitationService,
  ) {}

  @Post('password')
  @AnyMember()
  @SessionOnly()
  @ReturnsNothing('Change your password; all of your other sessions end')
  changePassword(@Body() request: ChangePassword): Promise<void> {
    return this.passwords.change(request);
  }

  @Post('register')
  @Public()
  @NotStored()
  @Returns(LoginResponse, 'Make an account with a tenant of its own, where AUTH_REGISTRATION allows it', 201)
  registerAccount(@Body() request: NewOwner): Promise<LoginResponse> {
    return this.registrations.register(request);
  }

  @Post('setup')
  @Public()
  @NotStored()
  @Returns(LoginResponse, 'Make the first tenant and its administrator, with the token printed at boot', 201)
  setUpInstallation(@Body() request: SetupRequest): Promise<LoginResponse> {
    return this.setups.setUp(request);
  }

  @Post('invitations/accept')
  @Public()
  @NotStored()
  @Returns(LoginResponse, 'Join a tenant by an invitation, with the account of its address or a new one', 201)
  acceptInvitation(@Body() request: AcceptInvitationRequest): Promise<LoginResponse> {
    return this.invitations.accept(request);
  }
}
