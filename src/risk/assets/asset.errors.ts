import { DomainError } from '../../errors/domain-error';

export class AssetInUse extends DomainError {
  readonly status = 409;
  readonly code = 'asset.in-use';
  override readonly extensions: Readonly<Record<string, unknown>>;
  constructor(riskCount: number) {
    super(`${riskCount} ${riskCount === 1 ? 'risk names' : 'risks name'} this asset: delete it with detach=true.`);
    this.extensions = { riskCount };
  }
}
