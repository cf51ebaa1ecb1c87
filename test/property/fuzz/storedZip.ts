/** Zip archives of stored members, put together fast enough to make thousands a second. */
import { crc32 } from "../../../src/formats/base/crc32";

const localHeader = 30;
const directoryHeader = 46;
const endRecord = 22;

/** An archive of these members, whatever is in them. */
export function storedZip(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [member, bytes] of members) {
    const name = Buffer.from(member);
    const local = Buffer.alloc(localHeader);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(directoryHeader);
    entry.writeUInt32LE(0x02014b50, 0);
    local.copy(entry, 16, 14, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, name, Buffer.from(bytes));
    directory.push(entry, name);
    offset += localHeader + name.length + bytes.length;
  }
  const end = Buffer.alloc(endRecord);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.size, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...locals, ...directory, end]));
}
