import { DomainError } from '../errors/domain-error';
import type { AppStatus } from './apps/app-terms';
import type { ConnectorStatus } from './connector-terms';

/** Only what is ACTIVE, or BETA, can be installed. */
export class NotInstallable extends DomainError {
  readonly status = 409;
  readonly code = 'connector.not-installable';
  constructor(status: ConnectorStatus) {
    super(`The connector is ${status}: it cannot be installed.`);
  }
}

export class AlreadyInstalled extends DomainError {
  readonly status = 409;
  readonly code = 'connector.already-installed';
  constructor(cause: unknown) {
    super('The connector is installed already: a tenant has one live app of it, as GET /marketplace/apps tells.', {
      cause,
    });
  }
}

/** Of a connector that a tenant may have several of. */
export class TooManyInstallations extends DomainError {
  readonly status = 409;
  readonly code = 'connector.too-many-installations';
  constructor(most: number) {
    super(`The connector is installed ${most} times already: uninstall one first.`);
  }
}

/** What there is of it is kept to be read. */
export class AppUninstalled extends DomainError {
  readonly status = 409;
  readonly code = 'app.uninstalled';
  constructor() {
    super('The app is uninstalled: install the connector anew.');
  }
}

/** Of a connector that is not, or not any more, part of this installation. */
export class ConnectorGone extends DomainError {
  readonly status = 409;
  readonly code = 'app.connector-gone';
  constructor(connector: string) {
    super(`This installation has no connector ${connector} any more: the app can only be disabled or uninstalled.`);
  }
}

/** The app does not reach out as long as it is not ready. */
export class AppNotReady extends DomainError {
  readonly status = 409;
  readonly code = 'app.not-ready';
  constructor(status: AppStatus) {
    super(
      status === 'PENDING' ? 'The app lacks a secret: configure it first.' : `The app is ${status}: enable it first.`,
    );
  }
}

export class NeverInstalled extends DomainError {
  readonly status = 409;
  readonly code = 'connector.never-installed';
  constructor() {
    super('Only who has installed a connector can review it: the tenant never had it.');
  }
}

export class AlreadyReviewed extends DomainError {
  readonly status = 409;
  readonly code = 'connector.already-reviewed';
  constructor(cause: unknown) {
    super('You have reviewed this connector already.', { cause });
  }
}
