/**
 * Safe member names for archives: paths that stay inside the folder they are unpacked in.
 *
 * Names of tensors come out of files; `../../x` and `C:x` would be written elsewhere by what unpacks the archive.
 */
import { text, type Text } from "../../core/text";

/** File systems bound a name at 255 bytes; an extension and a number have to fit as well. */
const maxPartBytes = 230;

/** Deeper than any module. */
const maxParts = 32;

/** Names that Windows opens as devices, with any extension. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/** Gives each of the names a member, none twice. */
export function memberNames(names: readonly string[], extension: string): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const path = safePath(name);
    let member = `${path}.${extension}`;
    // Many systems take names for the same that differ in case only.
    for (let number = 2; taken.has(member.toLowerCase()); number++) {
      member = `${path}~${number}.${extension}`;
    }
    taken.add(member.toLowerCase());
    return member;
  });
}

/** Says which names are not those of their members; empty where all are. */
export function renamings(
  names: readonly string[],
  members: readonly string[],
  extension: string,
): Text[] {
  const changed = names.flatMap((name, index) => {
    const member = members[index]?.slice(0, -extension.length - 1) ?? name;
    return member === name ? [] : [`${name} → ${member}`];
  });
  if (changed.length === 0) return [];
  return [text("names that cannot be names of files are written otherwise: {0}", changed)];
}

function safePath(name: string): string {
  return name.split("/").slice(0, maxParts).map(safePart).join("/");
}

function safePart(part: string): string {
  const plain = shortened(part)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu, "_")
    // A drive, or on some systems a stream of another file.
    .replace(/^([a-z]):/i, "$1_")
    // Windows drops what a name ends with of these: `.. ` would become `..`.
    .replace(/^[. ]+$|[. ]+$/, "_");
  return plain === "" || device.test(plain) ? `_${plain}` : plain;
}

function shortened(part: string): string {
  if (part.length * 3 <= maxPartBytes) return part;
  const bytes = new TextEncoder().encode(part.slice(0, maxPartBytes));
  if (bytes.length <= maxPartBytes && part.length <= maxPartBytes) return part;
  // What is left of a character that was cut in two is dropped.
  return new TextDecoder().decode(bytes.subarray(0, maxPartBytes), { stream: true });
}
