/**
 * The directory of a zip archive, read in one pass, because a checkpoint may have ten thousand members.
 *
 * Spec:    APPNOTE.TXT of PKWARE, 4.3.12 to 4.3.16; ZIP64 included.
 * Layout:  members | directory | ZIP64 end record (56) | ZIP64 locator (20) | end record (22) | comment
 * Refuses: bytes between directory and end record, a wrong count of members, archives of several disks.
 */
import { FormatError, LimitError } from "../../core/errors";
import { text } from "../../core/text";
import { endOfFile, type ByteSource } from "../base/bytes";
import { maxEntries } from "../base/limits";
import { decodeUtf8 } from "../base/utf8";

/** A member as the directory describes it. */
export interface DirectoryEntry {
  readonly name: string;
  /** Bytes of the name, which stands in the local header once more. */
  readonly nameBytes: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Position of the local header. */
  readonly offset: number;
}

/** A checkpoint has a member for each tensor and a few more. */
const maxMembers = maxEntries + 1024;

/** The directory is read in one piece: 64 MiB name more than `maxMembers` members. */
const maxDirectoryBytes = 2 ** 26;

const end = { signature: 0x06054b50, bytes: 22, maxComment: 0xffff } as const;
const locator = { signature: 0x07064b50, bytes: 20 } as const;
const end64 = { signature: 0x06064b50, bytes: 56 } as const;
const header = { signature: 0x02014b50, bytes: 46 } as const;

const saturated = 0xffffffff;
const zip64ExtraId = 1;
const encryptedFlags = 0x2041;

interface DirectoryPlace {
  readonly members: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Lists the members, folders included, in the order of the directory.
 * @throws FormatError when the directory is missing or damaged, LimitError when it names too many members.
 */
export async function readZipDirectory(source: ByteSource): Promise<readonly DirectoryEntry[]> {
  const place = await findDirectory(source);
  if (place.members > maxMembers) {
    throw new LimitError(source.name, { of: "member-count" }, maxMembers, place.members);
  }
  if (place.size > maxDirectoryBytes) {
    throw new LimitError(source.name, { of: "directory-bytes" }, maxDirectoryBytes, place.size);
  }
  const bytes = await source.read(place.offset, place.size);
  const view = viewOf(bytes);
  const entries: DirectoryEntry[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (entries.length === place.members) {
      throw damaged(source, text("it goes on after its last member"), place.offset + position);
    }
    const next = entryEnd(view, position);
    if (next === undefined) {
      throw damaged(
        source,
        text("member {0} is no directory entry", entries.length),
        place.offset + position,
      );
    }
    entries.push(parseEntry(source, { bytes, view, position, next }));
    position = next;
  }
  if (entries.length !== place.members) {
    throw damaged(
      source,
      text("it has {0} members instead of {1}", entries.length, place.members),
      place.offset,
    );
  }
  return entries;
}

async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const length = Math.min(source.size, locator.bytes + end.bytes + end.maxComment);
  const tail = await source.read(source.size - length, length);
  const view = viewOf(tail);
  for (let at = length - end.bytes; at >= 0; at -= 1) {
    const isEnd =
      view.getUint32(at, true) === end.signature &&
      at + end.bytes + view.getUint16(at + 20, true) === length;
    if (!isEnd) continue;
    const position = source.size - length + at;
    const hasLocator =
      at >= locator.bytes && view.getUint32(at - locator.bytes, true) === locator.signature;
    if (hasLocator) {
      const record = view.getBigUint64(at - locator.bytes + 8, true);
      return findDirectory64(source, record, position - locator.bytes);
    }
    const place = {
      members: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    return checkPlace(source, place, position);
  }
  throw damaged(source, text("its end record is not there, the file may be cut short"), length);
}

async function findDirectory64(
  source: ByteSource,
  record: bigint,
  limit: number,
): Promise<DirectoryPlace> {
  if (record + BigInt(end64.bytes) > BigInt(limit)) {
    throw damaged(source, text("its ZIP64 record is not there"), limit);
  }
  const position = Number(record);
  const view = viewOf(await source.read(position, end64.bytes));
  if (view.getUint32(0, true) !== end64.signature) {
    throw damaged(source, text("its ZIP64 record is not there"), position);
  }
  // Values beyond 2^53 are rounded, and far beyond every limit and file all the same.
  const place = {
    members: Number(view.getBigUint64(32, true)),
    size: Number(view.getBigUint64(40, true)),
    offset: Number(view.getBigUint64(48, true)),
  };
  return checkPlace(source, place, position);
}

/** Nothing may stand between the directory and its end record: two readers would see two archives. */
function checkPlace(source: ByteSource, place: DirectoryPlace, end: number): DirectoryPlace {
  if (place.offset + place.size !== end) {
    throw damaged(
      source,
      text(
        "it should be {0} bytes at byte {1}, right before byte {2}",
        place.size,
        place.offset,
        end,
      ),
      end,
    );
  }
  return place;
}

/** Where the entry at `position` ends, or undefined when there is none. */
function entryEnd(view: DataView, position: number): number | undefined {
  if (position + header.bytes > view.byteLength) return undefined;
  if (view.getUint32(position, true) !== header.signature) return undefined;
  const variable =
    view.getUint16(position + 28, true) +
    view.getUint16(position + 30, true) +
    view.getUint16(position + 32, true);
  const next = position + header.bytes + variable;
  return next <= view.byteLength ? next : undefined;
}

interface EntryBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly position: number;
  readonly next: number;
}

function parseEntry(source: ByteSource, entry: EntryBytes): DirectoryEntry {
  const { bytes, view, position } = entry;
  const nameBytes = view.getUint16(position + 28, true);
  const nameEnd = position + header.bytes + nameBytes;
  const name = decodeUtf8(bytes, position + header.bytes, nameEnd);
  const size = view.getUint32(position + 24, true);
  const compressedSize = view.getUint32(position + 20, true);
  const offset = view.getUint32(position + 42, true);
  const needs64 = size === saturated || compressedSize === saturated || offset === saturated;
  const sizes = needs64
    ? readZip64(entry, nameEnd, { size, compressedSize, offset })
    : { size, compressedSize, offset };
  if (sizes === undefined) {
    throw damaged(source, text("the sizes of {0} are missing", name), undefined);
  }
  if (sizes.offset > source.size) throw endOfFile(source.name, sizes.offset, 1, source.size);
  return {
    name,
    nameBytes,
    method: view.getUint16(position + 10, true),
    encrypted: (view.getUint16(position + 8, true) & encryptedFlags) !== 0,
    crc32: view.getUint32(position + 16, true),
    ...sizes,
  };
}

type Sizes = Pick<DirectoryEntry, "size" | "compressedSize" | "offset">;

/** Fields that are all ones stand in the ZIP64 extra field, in this order. */
function readZip64({ view, position }: EntryBytes, from: number, plain: Sizes): Sizes | undefined {
  const extraEnd = from + view.getUint16(position + 30, true);
  let at = from;
  while (at + 4 <= extraEnd) {
    const length = view.getUint16(at + 2, true);
    const fieldEnd = Math.min(extraEnd, at + 4 + length);
    if (view.getUint16(at, true) === zip64ExtraId) {
      let next = at + 4;
      const take = (value: number): number | undefined => {
        if (value !== saturated) return value;
        if (next + 8 > fieldEnd) return undefined;
        next += 8;
        return Number(view.getBigUint64(next - 8, true));
      };
      const size = take(plain.size);
      const compressedSize = take(plain.compressedSize);
      const offset = take(plain.offset);
      if (size === undefined || compressedSize === undefined || offset === undefined) {
        return undefined;
      }
      return { size, compressedSize, offset };
    }
    at += 4 + length;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(
  source: ByteSource,
  problem: ReturnType<typeof text>,
  offset: number | undefined,
): FormatError {
  return new FormatError(
    source.name,
    text("the zip directory at the end of the file is missing or damaged: {0}", problem),
    offset === undefined ? {} : { offset },
  );
}
