import { randomUUID } from 'node:crypto';
import { expectThat } from './checklist';
import { jsonOf, type Answer, type Deployment } from './deployment';

interface Asset {
  readonly id: string;
  readonly type: string;
}

/**
 * The one thing that is written: an asset under a name that nobody else has, removed for good at the end. Risks would
 * stay in the register as deleted ones.
 */
export class ProbeAsset {
  readonly name = `openrisk verify ${randomUUID()}`;
  private id: string | undefined;

  constructor(
    private readonly deployment: Deployment,
    readonly token: string,
  ) {}

  get path(): string {
    expectThat(this.id !== undefined, 'it was not added');
    return `/api/v1/assets/${this.id}`;
  }

  get listPath(): string {
    return `/api/v1/assets?q=${encodeURIComponent(this.name)}`;
  }

  async add(): Promise<void> {
    const body = { name: this.name, type: 'Probe' };
    const answer = await this.deployment.ask('/api/v1/assets', { method: 'POST', token: this.token, body });
    expectThat(answer.status === 201, `adding an asset is answered ${answer.status}`);
    this.id = (jsonOf(answer) as Asset).id;
  }

  read(token = this.token): Promise<Answer> {
    return this.deployment.ask(this.path, { token });
  }

  async change(body: Readonly<Record<string, string>>): Promise<void> {
    const { status } = await this.deployment.ask(this.path, { method: 'PATCH', token: this.token, body, ifMatch: '*' });
    expectThat(status === 200, `changing an asset is answered ${status}`);
  }

  async listed(token = this.token): Promise<readonly Asset[]> {
    const answer = await this.deployment.ask(this.listPath, { token });
    expectThat(answer.status === 200, `the list of assets is answered ${answer.status}`);
    return (jsonOf(answer) as { items: readonly Asset[] }).items;
  }

  /** @returns how many there were: one whose answer never arrived is found by its name */
  async remove(): Promise<number> {
    const listed = (await this.listed()).map(({ id }) => id);
    const ids = new Set(this.id === undefined ? listed : [this.id, ...listed]);
    for (const id of ids) {
      const asked = { method: 'DELETE', token: this.token, ifMatch: '*' };
      const { status } = await this.deployment.ask(`/api/v1/assets/${id}?detach=true`, asked);
      expectThat([204, 404].includes(status), `deleting the asset ${id} is answered ${status}: delete it by hand`);
    }
    expectThat((await this.listed()).length === 0, `there is still an asset named ${this.name}`);
    return ids.size;
  }
}
