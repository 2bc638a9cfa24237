import { daysBefore, utcToday } from '../../src/http/period';
import { RISK_STATUSES } from '../../src/risk/lifecycle/risk-lifecycle';
import type { Random } from '../history/random';
import type { Write } from './writes';

type Room = 'risks' | 'mitigations' | 'assets' | 'custom-fields' | 'teams' | 'roles' | 'users' | 'apps';
/** Paths of what is written about by more than an id, and of risks that wait for the next step. */
type Place = 'comments' | 'sub-actions' | 'requested' | 'accepted' | 'team-members' | 'role-permissions' | 'runs';

interface Settings {
  readonly probabilityLabels: readonly string[];
  readonly impactLabels: readonly string[];
  readonly severities: readonly object[];
}

/** Few, so that reads meet in the caches what writes change. */
const MOST = 8;

const roomOf: Readonly<Record<string, Room>> = {
  ...{ createRisk: 'risks', createMitigation: 'mitigations', createAsset: 'assets', createTeam: 'teams' },
  ...{ createCustomField: 'custom-fields', createRole: 'roles', installApp: 'apps' },
};

/** What there is to write about: the newest of each room. */
export class World {
  private readonly ids = new Map<Room, string[]>();
  private readonly places = new Map<Place, string[]>();
  private words = 0;
  private defaults: Settings = { probabilityLabels: [], impactLabels: [], severities: [] };

  constructor(
    readonly random: Random,
    readonly tenantId: string,
    private readonly people: readonly string[],
    /** Where apps fetch from what {@link feed} makes up. */
    readonly sourceUrl: string,
  ) {
    this.ids.set('users', [...people]);
  }

  /** What is varied of them. */
  settingsBefore(settings: Settings): void {
    this.defaults = settings;
  }

  learn(operationId: string, { path, body }: Write, answer: { readonly id?: string }): void {
    const room = roomOf[operationId];
    if (room !== undefined && answer.id !== undefined) {
      this.ids.set(room, [...this.all(room), answer.id].slice(-MOST));
    }
    const beneath = path.slice(0, path.lastIndexOf('/'));
    if (operationId === 'createRiskComment') this.found('comments', `${path}/${answer.id}`);
    else if (operationId === 'requestRiskAcceptance') this.found('requested', beneath);
    else if (operationId === 'approveRiskAcceptance')
      this.found('accepted', beneath.slice(0, beneath.lastIndexOf('/')));
    else if (operationId === 'addTeamMember')
      this.found('team-members', `${path}/${(body as { userId: string }).userId}`);
    else if (operationId === 'startSync') this.found('runs', `${beneath}/runs/${answer.id}`);
    else if (operationId === 'addRolePermission') this.found('role-permissions', `${path}/risk:read`);
  }

  found(place: Place, path: string): void {
    this.places.set(place, [...(this.places.get(place) ?? []), path].slice(-MOST));
  }

  /** The path of one of the newest, every other time of the last: what waits for the next step, or one that leads to nothing. */
  someOf(place: Place): string {
    const paths = this.places.get(place) ?? [];
    const last = paths.at(-1) ?? `/api/v1/risks/${this.tenantId}`;
    return paths.length === 0 || this.random.chance(0.5) ? last : this.random.pick(paths);
  }

  all(room: Room): readonly string[] {
    return this.ids.get(room) ?? [];
  }

  some(room: Room): string {
    const ids = this.all(room);
    return ids.length === 0 ? this.tenantId : this.random.pick(ids);
  }

  below(limit: number): number {
    return Math.floor(this.random.next() * limit);
  }

  rating(): number {
    return 1 + this.below(5);
  }

  word(): string {
    return `word${this.words++}-${this.below(1e6).toString(36)}`;
  }

  person(): string | null {
    return this.random.chance(0.2) ? null : this.random.pick(this.people);
  }

  /** Around today, or at least so many days after it. */
  day(least = -6): string {
    return daysBefore(utcToday(), -(least + this.below(14)));
  }

  status(): string {
    return this.random.pick(RISK_STATUSES);
  }

  risk(): object {
    return {
      ...{ title: this.word(), description: this.word(), category: this.random.pick(['A', 'B']), status: 'ASSESSED' },
      ...{ probability: this.rating(), impact: this.rating(), ownerId: this.person(), assigneeId: this.person() },
      ...{ dueDate: this.day(), tags: [this.random.pick(['x', 'y'])], assetIds: this.all('assets').slice(-2) },
    };
  }

  riskChange(): object {
    return this.random.pick([
      ...[{ title: this.word() }, { ownerId: this.person() }, { assigneeId: this.person() }, { dueDate: this.day() }],
      ...[
        { probability: this.rating() },
        { impact: this.rating(), tags: ['z'] },
        { assetIds: this.all('assets').slice(-1) },
      ],
      ...[{ targetProbability: 1, targetImpact: this.rating() }, { reviewCadenceDays: 1 + this.below(60) }],
      ...[{ description: this.word() }, { tags: [this.random.pick(['x', 'y'])] }, { nextReviewAt: this.day() }],
      ...[{ category: this.random.pick(['A', 'B']) }, { frameworks: [this.random.pick(['F', 'G'])] }],
    ]);
  }

  mitigationChange(): object {
    const status = this.random.pick(['PLANNED', 'IN_PROGRESS', 'REVIEW', 'DONE', 'CANCELLED']);
    return this.random.pick([
      { status },
      { status },
      { assigneeId: this.person() },
      { dueDate: this.day() },
      { cost: 1 + this.below(3) },
    ]);
  }

  assetChange(): object {
    const criticality = this.random.pick(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
    return this.random.pick([{ criticality }, { name: this.word() }, { ownerId: this.person() }]);
  }

  /** As the catalogue of exploited vulnerabilities is written: now with one, now without it. */
  feed(): object {
    const entry = (number: number): object => ({
      ...{
        cveID: `CVE-2024-1000${number}`,
        vendorProject: 'V',
        product: 'P',
        vulnerabilityName: `Hole ${this.below(3)}`,
      },
      ...{ dateAdded: '2024-01-01', shortDescription: 'S', requiredAction: 'R', dueDate: this.day() },
    });
    const vulnerabilities = [1, 2, 3, 4].filter(() => this.random.chance(0.7)).map(entry);
    return { catalogVersion: this.word(), count: vulnerabilities.length, vulnerabilities };
  }

  settings(): object {
    const step = this.below(6);
    const { probabilityLabels, impactLabels } = this.defaults;
    const severities = this.defaults.severities.map((severity, index) => ({
      ...severity,
      from: index === 0 ? 0 : 3 * index + step,
    }));
    return { probabilityLabels, impactLabels, severities };
  }
}
