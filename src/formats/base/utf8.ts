/**
 * Decodes many short texts from one large buffer, such as tensor names and storage keys.
 */

/** Up to this many bytes, putting characters together is faster than the platform's decoder. */
const shortBytes = 8;

const decoder = new TextDecoder();

/** Decodes UTF-8 from `start` to `end`, which must lie in `bytes`; damaged sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > shortBytes) return decoder.decode(bytes.subarray(start, end));
  let characters = "";
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    characters += String.fromCharCode(byte);
  }
  return characters;
}
