/** Setup may take a while (a first download): say so past jest's own reporters. */
export function progress(line: string): void {
  process.stderr.write(`[test services] ${line}\n`);
}
