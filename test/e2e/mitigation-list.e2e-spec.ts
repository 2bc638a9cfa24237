import type { CreateMitigation, MitigationResponse } from '../../src/risk/mitigations/mitigation.dto';
import type { RecommendedResponse } from '../../src/risk/mitigations/recommended/recommended.dto';
import type { CreateRisk, RiskResponse } from '../../src/risk/risk.dto';
import { addMitigation } from '../factories/mitigation';
import { addRisk } from '../factories/risk';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { createTestApp, type TestApp } from '../support/test-app';

const mitigations = '/api/v1/mitigations';
const any = { 'if-match': '*' };

describe('lists of mitigations', () => {
  let app: TestApp;
  let analyst: ApiClient;
  const all: (MitigationResponse & { risk: RiskResponse })[] = [];

  beforeAll(async () => {
    app = await createTestApp();
    analyst = app.as('analyst');
    const ratings: Pick<CreateRisk, 'probability' | 'impact'>[] = [
      { probability: 5, impact: 5 },
      { probability: 3, impact: 3 },
      { probability: 1, impact: 2 },
    ];
    for (const [index, rating] of ratings.entries()) {
      const risk = await addRisk(analyst, rating);
      const given: Partial<CreateMitigation>[] = [
        { title: `100% done_${index}`, cost: 1, durationDays: 0, dueDate: '2020-01-01' },
        { title: `Alpha ${index}`, cost: 3, durationDays: 30, assigneeId: app.acme.userIds.viewer },
        { title: `Beta ${index}`, cost: 2, durationDays: 1, dueDate: '2999-01-01', progress: 50 },
        { title: `Gamma ${index}`, cost: 1, durationDays: 1, dueDate: '2020-06-01' },
      ];
      for (const each of given) all.push({ ...(await addMitigation(analyst, risk.id, each)), risk });
    }
    await move(3, 'DONE');
    await move(7, 'CANCELLED');
    await move(6, 'IN_PROGRESS');
  });
  afterAll(() => app.close());

  async function move(index: number, status: MitigationResponse['status']): Promise<void> {
    const { body } = await analyst.patch(`${mitigations}/${all[index]?.id}`, { status }, any);
    all[index] = { ...(body as MitigationResponse), risk: all[index]!.risk };
  }

  const items = async (query: string): Promise<MitigationResponse[]> =>
    (await analyst.get(`${mitigations}?limit=200&${query}`)).body.items;
  const ids = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);
  const isOpen = ({ status }: MitigationResponse): boolean => status !== 'DONE' && status !== 'CANCELLED';

  it.each<[string, (mitigation: MitigationResponse) => boolean]>([
    ['status=DONE', ({ status }) => status === 'DONE'],
    ['status=PLANNED,IN_PROGRESS', isOpen],
    ['overdue=true', (each) => isOpen(each) && each.dueDate !== null && each.dueDate < '2021'],
    ['overdue=false', (each) => !(isOpen(each) && each.dueDate !== null && each.dueDate < '2021')],
    ['q=alpha', ({ title }) => title.startsWith('Alpha')],
    ['q=100%25', ({ title }) => title.startsWith('100%')],
    ['q=e_1', ({ title }) => title.includes('e_1')],
    ['q=%25', ({ title }) => title.includes('%')],
    ["q=' OR 1=1 --", () => false],
    ['q=beta&status=IN_PROGRESS', ({ title, status }) => title.startsWith('Beta') && status === 'IN_PROGRESS'],
  ])('are narrowed by %s', async (query, matches) => {
    const found = await items(`sort=createdAt&total=true&${query}`);
    expect(ids(found)).toEqual(ids(all.filter(matches)));
  });

  it('are narrowed by whose risk and by who carries out', async () => {
    const [one, , , , other] = all;
    expect(ids(await items(`sort=createdAt&riskId=${one!.riskId},${other!.riskId}`))).toEqual(ids(all.slice(0, 8)));
    const assigned = all.filter(({ assigneeId }) => assigneeId !== null);
    expect(ids(await items(`sort=createdAt&assigneeId=${app.acme.userIds.viewer}`))).toEqual(ids(assigned));
  });

  it.each(['-createdAt', 'dueDate', '-dueDate,title', 'title', '-progress', 'cost,-durationDays', '-updatedAt'])(
    'are walked by %s forwards and back without losing one',
    async (sort) => {
      const whole = await items(`sort=${sort}`);
      expect(ids(whole).toSorted()).toEqual(ids(all).toSorted());
      const page = async (cursor: string | null) =>
        (await analyst.get(`${mitigations}?limit=5&sort=${sort}${cursor === null ? '' : `&cursor=${cursor}`}`)).body;
      const first = await page(null);
      const second = await page(first.page.nextCursor);
      const third = await page(second.page.nextCursor);
      expect(ids([...first.items, ...second.items, ...third.items])).toEqual(ids(whole));
      expect(third.page.nextCursor).toBeNull();
      expect(ids((await page(third.page.prevCursor)).items)).toEqual(ids(second.items));
    },
  );

  it.each(['sort=score', 'sort=title,title', 'sort=', 'status=OPEN', 'overdue=yes', 'riskId=1', 'limit=0', 'cursor=x'])(
    'refuse ?%s',
    async (query) => {
      expectProblem(await analyst.get(`${mitigations}?${query}`), 400);
    },
  );

  it('recommend what is open by score / max(2, cost + durationDays), whatever the path is called', async () => {
    const { status, body } = await analyst.get(`${mitigations}/recommended?limit=100`);
    expect(status).toBe(200);
    const { items: recommended } = body as RecommendedResponse;
    const priority = ({ cost, durationDays, risk }: (typeof all)[number]): number =>
      risk.score / Math.max(2, cost + durationDays);
    const expected = all
      .filter(isOpen)
      .toSorted(
        (one, other) =>
          priority(other) - priority(one) || other.risk.score - one.risk.score || (one.id < other.id ? -1 : 1),
      );
    expect(recommended.map(({ mitigation }) => mitigation.id)).toEqual(ids(expected));
    for (const [index, { priority: told, risk, mitigation }] of recommended.entries()) {
      const { risk: its, ...same } = expected[index]!;
      expect(told).toBeCloseTo(priority(expected[index]!), 2);
      expect(mitigation).toEqual(same);
      expect(risk).toEqual({
        id: its.id,
        title: its.title,
        score: its.score,
        severity: its.severity,
        status: its.status,
      });
    }
    const few = await analyst.get(`${mitigations}/recommended?limit=2`);
    expect((few.body as RecommendedResponse).items).toEqual(recommended.slice(0, 2));
    for (const limit of ['0', '101', 'x']) {
      expectProblem(await analyst.get(`${mitigations}/recommended?limit=${limit}`), 400);
    }
  });
});
