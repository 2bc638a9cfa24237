import type { RiskAssetResponse } from '../../risk/risk.dto';
import { demoAcceptances, type DemoAcceptance } from './acceptance-life';
import type { AssetType } from './demo-assets';
import { EXAMPLE_ID } from '../../http/example-id';
import { MitigationLife, type DemoMitigation, type DemoSubAction } from './mitigation-life';
import { organisationalRisks } from './organisational-risks';
import type { Random } from './random';
import { RiskLife, type RiskSubject, type RiskVersions, type Staff } from './risk-life';
import { planRisks } from './risk-plan';
import { technicalRisks } from './technical-risks';

export interface DemoAsset extends RiskAssetResponse {
  readonly type: AssetType;
}

export interface DemoRegister {
  /** The versions of each risk. */
  readonly risks: readonly RiskVersions[];
  readonly mitigations: readonly DemoMitigation[];
  readonly subActions: readonly DemoSubAction[];
  readonly acceptances: readonly DemoAcceptance[];
}

/** @param assets in the order in which a risk lists its own */
export function demoRegister(
  random: Random,
  assets: readonly DemoAsset[],
  staff: Staff,
  midnight: number,
): DemoRegister {
  const subjects = random.shuffled(everySubject(assets));
  const lives = planRisks(random).map((plan, number) => {
    const subject = subjects[number];
    if (!subject) throw new Error('The demo has more risks than things that can go wrong');
    const linked = linkedAssets(random, subject.asset, assets);
    const { versions } = new RiskLife(random, plan, { ...subject, number, assets: linked }, staff, midnight);
    const treatment = new MitigationLife(random, versions, subject.template.fix, staff, new Date(midnight));
    return { versions, treatment };
  });
  return {
    risks: lives.map(({ versions }) => versions),
    ...withExample(
      lives.flatMap(({ treatment }) => treatment.mitigations),
      lives.flatMap(({ treatment }) => treatment.subActions),
    ),
    acceptances: lives.flatMap(({ versions }) => demoAcceptances(random, versions)),
  };
}

/** The first mitigation that nobody has begun, and its first step, are those of the documentation's examples. */
function withExample(
  mitigations: readonly DemoMitigation[],
  subActions: readonly DemoSubAction[],
): Pick<DemoRegister, 'mitigations' | 'subActions'> {
  const mitigationId = mitigations.find(({ status }) => status === 'PLANNED')?.id;
  const stepId = subActions.find((step) => step.mitigationId === mitigationId)?.id;
  return {
    mitigations: mitigations.map((each) => (each.id === mitigationId ? { ...each, id: EXAMPLE_ID } : each)),
    subActions: subActions.map((step) => ({
      ...step,
      id: step.id === stepId ? EXAMPLE_ID : step.id,
      mitigationId: step.mitigationId === mitigationId ? EXAMPLE_ID : step.mitigationId,
    })),
  };
}

/** Every template with every asset that it fits, so that no two risks have the same title. */
function everySubject(assets: readonly DemoAsset[]): Pick<RiskSubject, 'template' | 'asset'>[] {
  return [...technicalRisks, ...organisationalRisks].flatMap((template) =>
    assets.filter(({ type }) => template.on.includes(type)).map((asset) => ({ template, asset })),
  );
}

/** Usually the one in the title, sometimes others with it, sometimes none because nobody has linked them. */
function linkedAssets(random: Random, asset: RiskAssetResponse, all: readonly DemoAsset[]): RiskAssetResponse[] {
  if (random.happens(0.12)) return [];
  const others = random.happens(0.3) ? [random.pick(all).id, random.pick(all).id].slice(random.integer(0, 1)) : [];
  return all
    .filter(({ id }) => id === asset.id || others.includes(id))
    .map(({ id, name, criticality }) => ({ id, name, criticality }));
}
