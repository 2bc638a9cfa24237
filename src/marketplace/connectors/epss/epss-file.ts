import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { forecastProbability } from '../../../risk/import/connector-rows';
import type { SyncRecord } from '../../connector';
import { ConnectorFailure } from '../../connector-failure';

const unzip = promisify(gunzip);
/** Unpacked. That of all CVEs has some 15 MB. */
const MOST_BYTES = 128 * 1024 * 1024;
const LONGEST_LINE = 200;

const cveId = /^CVE-\d{4}-\d{4,19}$/;
const share = /^(0(\.\d{1,20})?|1(\.0{1,20})?|\d(\.\d{1,20})?e-\d{1,2})$/i;

/** The file of all scores: `#model_version:...,score_date:...`, then `cve,epss,percentile`, then a line for each CVE. */
export class EpssFile {
  /** Of the model and the day, as the file says it. */
  readonly version: string;
  private readonly start: number;

  private constructor(private readonly bytes: Buffer) {
    const version = this.line(0);
    const header = this.line(version.next);
    if (!version.text.startsWith('#model_version:') || header.text !== 'cve,epss,percentile') {
      throw new ConnectorFailure(
        'The source is no file of EPSS scores: it must begin with #model_version, then cve,epss,percentile.',
      );
    }
    this.version = version.text;
    this.start = header.next;
  }

  /** @throws ConnectorFailure when it is something else, or packed in a damaged way */
  static async read(file: Buffer): Promise<EpssFile> {
    const isPacked = file[0] === 0x1f && file[1] === 0x8b;
    try {
      return new EpssFile(isPacked ? await unzip(file, { maxOutputLength: MOST_BYTES }) : file);
    } catch (error) {
      if (error instanceof ConnectorFailure) throw error;
      throw new ConnectorFailure('The EPSS scores are packed in a damaged way, or larger than any real ones.', {
        cause: error,
      });
    }
  }

  /**
   * @param from where an earlier part ended; undefined for the first
   * @returns undefined for `next` at the end
   * @throws ConnectorFailure for a line that is no score
   */
  part(from: number | undefined, count: number): { readonly records: SyncRecord[]; readonly next: number | undefined } {
    const records: SyncRecord[] = [];
    let at = from ?? this.start;
    while (at < this.bytes.length && records.length < count) {
      const { text, next } = this.line(at);
      if (text !== '') records.push(scoreOf(text));
      at = next;
    }
    return { records, next: at < this.bytes.length ? at : undefined };
  }

  private line(at: number): { readonly text: string; readonly next: number } {
    const newline = this.bytes.indexOf(0x0a, at);
    const end = newline < 0 ? this.bytes.length : newline;
    const text = this.bytes.toString('latin1', at, Math.min(end, at + LONGEST_LINE));
    return { text: text.trimEnd(), next: end + 1 };
  }
}

function scoreOf(line: string): SyncRecord {
  const [cve = '', epss = '', percentile = '', ...more] = line.split(',');
  if (!cveId.test(cve) || !share.test(epss) || !share.test(percentile) || more.length > 0) {
    throw new ConnectorFailure(`The EPSS scores have a line that is no score: ${JSON.stringify(line.slice(0, 60))}`);
  }
  const score = Number(epss);
  const probability = forecastProbability(score);
  return { kind: 'likelihood', cve, probability, epss: score, percentile: Number(percentile) };
}
