/**
 * Tar archives: where each member begins. Enough for PyTorch's oldest files; nothing is extracted.
 *
 * Spec:   POSIX.1-1988 (ustar): headers of 512 bytes, contents padded to 512.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import { endOfFile, type ByteSource } from "./bytes";
import { startsWith } from "./refused";

const blockBytes = 512;
const sizeField = { start: 124, end: 136 } as const;
const magic = { start: 257, bytes: [0x75, 0x73, 0x74, 0x61, 0x72] } as const;

/** PyTorch's have four members. */
const maxMembers = 256;

export interface TarMember {
  readonly start: number;
  readonly size: number;
}

/** True when the first bytes are the header of a tar archive. */
export function looksLikeTar(head: Uint8Array): boolean {
  return startsWith(head.subarray(magic.start), magic.bytes);
}

/**
 * Finds the members of a tar archive, by name.
 * @throws FormatError when a header is damaged or a member leaves the file.
 */
export async function readTar(source: ByteSource): Promise<ReadonlyMap<string, TarMember>> {
  const members = new Map<string, TarMember>();
  let position = 0;
  while (position + blockBytes <= source.size && members.size < maxMembers) {
    const header = await source.read(position, blockBytes);
    if (header[0] === 0) break;
    const size = sizeOf(header);
    if (!looksLikeTar(header) || size === undefined) {
      throw new FormatError(source.name, text("this is no header of a tar archive"), {
        offset: position,
      });
    }
    const start = position + blockBytes;
    if (start + size > source.size) throw endOfFile(source.name, start, size, source.size);
    members.set(fieldText(header.subarray(0, 100)), { start, size });
    position = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  return members;
}

/** Octal digits; or, behind a set first bit, a big-endian number: the size of what has 8 GiB and more. */
function sizeOf(header: Uint8Array): number | undefined {
  const field = header.subarray(sizeField.start, sizeField.end);
  if (field[0] === 0x80) {
    const size = field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
    return Number.isSafeInteger(size) ? size : undefined;
  }
  const digits = fieldText(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function fieldText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
