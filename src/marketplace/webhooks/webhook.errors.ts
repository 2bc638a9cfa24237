import { DomainError } from '../../errors/domain-error';

export class NoWebhook extends DomainError {
  readonly status = 409;
  readonly code = 'app.no-webhook';
  constructor() {
    super('The app is no webhook that is installed, with its secret.');
  }
}
