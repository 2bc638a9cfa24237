import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks as proxies and services do: over connections that it keeps, and opens more of when they are all in use. */
export class KeptConnections {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  ask(method: string, path: string, body?: object): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'if-match': '*' }),
      };
      const asked = request(this.url + path, { method, agent: this.agent, headers }, (answer) => {
        text(answer).then((whole) => resolve({ status: answer.statusCode ?? 0, text: whole }), reject);
      });
      asked.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
