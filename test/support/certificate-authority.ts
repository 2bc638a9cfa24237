import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Somebody who signs certificates, to be trusted by a process that is started with NODE_EXTRA_CA_CERTS. */
export class CertificateAuthority {
  private constructor(private readonly directory: string) {}

  /** Undefined where there is no openssl. */
  static found(): CertificateAuthority | undefined {
    const directory = mkdtempSync(join(tmpdir(), 'openrisk-authority-'));
    const authority = new CertificateAuthority(directory);
    try {
      const ownFiles = ['-keyout', 'ca.key', '-out', 'ca.pem'];
      authority.openssl('req', '-x509', ...curve, ...ownFiles, '-days', '2', '-subj', '/CN=CA');
      return authority;
    } catch {
      authority.forget();
      return undefined;
    }
  }

  /** Of its own certificate. */
  get path(): string {
    return join(this.directory, 'ca.pem');
  }

  /** @param name as in `IP:127.0.0.1`; @param days less than 0: it has expired */
  sign(name: string, days: number): KeyAndCertificate {
    writeFileSync(join(this.directory, 'names'), `subjectAltName=${name}`);
    this.openssl('req', ...curve, '-keyout', 'key', '-out', 'request', '-subj', '/CN=leaf');
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)];
    this.openssl('x509', '-req', '-in', 'request', '-extfile', 'names', '-out', 'certificate', ...by);
    return { key: this.read('key'), cert: this.read('certificate') };
  }

  forget(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private read(file: string): string {
    return readFileSync(join(this.directory, file), 'utf8');
  }

  private openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}
