import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { checkRows, openImport } from '../read-import';
import { UnreadableImport } from '../unreadable-import';
import type { ReadingAnswer, ReadingOrder } from './messages';
import { rowBatches } from './row-batches';

/** A thread that reads one file, a batch of rows for each message that it gets. Its other end is ThreadReading. */
async function read(port: MessagePort, { file, options }: ReadingOrder): Promise<void> {
  const { format, rows, unread } = await openImport(Buffer.from(file.buffer, file.byteOffset, file.length), options);
  const total = checkRows(rows);
  const batches = rowBatches(rows);
  port.on('message', () => {
    const next = batches.next();
    send(port, { kind: 'rows', rows: next.done ? [] : next.value });
  });
  send(port, { kind: 'opened', facts: { format: format.id, total, unread } });
}

function send(port: MessagePort, answer: ReadingAnswer): void {
  port.postMessage(answer);
}

function refuse(port: MessagePort, error: unknown): void {
  if (!(error instanceof UnreadableImport)) throw error;
  const { message, line, errors } = error;
  send(port, { kind: 'refused', message, ...(line === undefined ? {} : { line }), ...(errors ? { errors } : {}) });
}

if (parentPort) {
  const port = parentPort;
  read(port, workerData as ReadingOrder).catch((error: unknown) => refuse(port, error));
}
