import { crc32 } from 'node:zlib';

/** A ZIP archive of parts that are not packed: for a reader that is to see nothing but what was checked before. */
export function storedArchive(parts: ReadonlyMap<string, Buffer>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, content] of parts) {
    const name = Buffer.from(path);
    const sums = Buffer.alloc(14);
    sums.writeUInt32LE(crc32(content), 0);
    sums.writeUInt32LE(content.length, 4);
    sums.writeUInt32LE(content.length, 8);
    sums.writeUInt16LE(name.length, 12);
    const body = [Buffer.from('504b03041400000800000000' + '2100', 'hex'), sums, Buffer.alloc(2), name, content];
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(at, 12);
    directory.push(Buffer.from('504b010214001400000800000000' + '2100', 'hex'), sums, tail, name);
    bodies.push(...body);
    at += body.reduce((total, piece) => total + piece.length, 0);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.size, 8);
  end.writeUInt16LE(parts.size, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}
