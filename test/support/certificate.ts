import { execFileSync } from 'node:child_process';

/** A certificate that nobody has signed, with its key, for this name; undefined where there is no openssl. */
export function selfSigned(name: string): { readonly key: string; readonly cert: string } | undefined {
  const made = [
    '-keyout',
    '-',
    '-out',
    '-',
    '-days',
    '1',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
  ];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    const pem = execFileSync('openssl', ['req', '-x509', ...curve, ...made], { encoding: 'utf8', stdio: 'pipe' });
    return { key: pem, cert: pem };
  } catch {
    return undefined;
  }
}
