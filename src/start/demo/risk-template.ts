import type { AssetType } from './demo-assets';
import type { FixKind } from './demo-fixes';

/** A risk that a company of this kind has with each asset of some types. */
export interface RiskTemplate {
  /** `{asset}` becomes the name of the asset. */
  readonly title: string;
  readonly because: string;
  readonly category: string;
  readonly on: readonly AssetType[];
  readonly tags: readonly string[];
  readonly frameworks: readonly string[];
  readonly fix: FixKind;
}
