import { DomainError } from '../../errors/domain-error';

export class AssetInUse extends DomainError {
  readonly status = 409;
  readonly code = 'asset.in-use';
  override readonly extensions: Readonly<Record<string, unknown>>;
  /** @param riskCount of those that the caller may see: there may be others, and then it may be 0 */
  constructor(riskCount: number) {
    super('There are risks that name this asset: delete it with detach=true.');
    this.extensions = { riskCount };
  }
}
