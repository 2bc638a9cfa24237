import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/** A DNS server of somebody else. */
export interface DnsServer {
  readonly address: string;
  /** How often each name was asked for, both kinds of addresses together. */
  readonly asked: Map<string, number>;
  close(): void;
}

const ADDRESS_OF_4 = 1;
const ADDRESS_OF_6 = 28;

/** @param answer all addresses of a name, IPv6 fully spelled; `times` counts the questions of this kind before */
export async function openDns(answer: (name: string, times: number) => readonly string[]): Promise<DnsServer> {
  const asked = new Map<string, number>();
  const askedBefore = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    const { name, type, end } = questionOf(question);
    const times = askedBefore.get(`${name} ${type}`) ?? 0;
    askedBefore.set(`${name} ${type}`, times + 1);
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const version = type === ADDRESS_OF_6 ? 6 : 4;
    const addresses = answer(name, times).filter((address) => isIP(address) === version);
    socket.send(answerTo(question.subarray(0, end), type, addresses), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, asked, close: () => socket.close() };
}

function questionOf(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(question: Buffer, type: number, addresses: readonly string[]): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const bytes = type === ADDRESS_OF_4 ? Buffer.from(address.split('.').map(Number)) : bytesOf6(address);
    // The name of the question, this type, IN, not to be kept.
    return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]), bytes]);
  });
  return Buffer.concat([header, ...records]);
}

function bytesOf6(address: string): Buffer {
  const groups = address.split(':').map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}
