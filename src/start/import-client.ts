/** What `POST /risks/import` answers, as far as the command shows it. */
export interface ImportSummary {
  readonly format: string;
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: readonly {
    readonly row: number;
    readonly outcome: string;
    readonly externalId?: string | null;
    readonly problems?: readonly { readonly pointer: string; readonly message: string }[];
  }[];
}

interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly tenant?: string;
}

interface Upload {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** @throws Error with the server's own words when it refuses */
export async function logIn(url: string, credentials: Credentials): Promise<string> {
  const answer = await post(`${url}/api/v1/auth/login`, JSON.stringify(credentials), {
    'content-type': 'application/json',
  });
  return (answer as { accessToken: string }).accessToken;
}

/** Ends the session that the import needed; what goes wrong here concerns nobody. */
export async function logOut(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  await fetch(`${url}/api/v1/auth/logout`, { method: 'POST', headers }).catch(() => undefined);
}

/** @throws Error with the server's own words when it refuses the file as a whole */
export async function importFile(url: string, token: string, { bytes, mediaType, query }: Upload) {
  const parameters = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await post(`${url}/api/v1/risks/import?${new URLSearchParams(parameters).toString()}`, bytes, {
    'content-type': mediaType,
    authorization: `Bearer ${token}`,
  });
  return answer as ImportSummary;
}

async function post(url: string, body: string | Uint8Array, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body, headers }).catch(() => {
    throw new Error(`No OpenRisk answers at ${new URL(url).origin}.`);
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { detail, errors = [] } = answer as { detail: string; errors?: { pointer: string; message: string }[] };
  throw new Error([detail, ...errors.map(({ pointer, message }) => `  ${pointer} ${message}`)].join('\n'));
}
