/**
 * Files that are known by their first bytes and not read: each is refused in a sentence that says what to do.
 */
import { FormatError, UnsupportedError } from "../errors";
import { text, type Text } from "../text";

const refusedSignatures: readonly (readonly [readonly number[], Text])[] = [
  [[0x1f, 0x8b], text("this is a gzip file; unpack it and open what is inside")],
  [[0x47, 0x47, 0x55, 0x46], text("a GGUF file is not read; save the weights as .safetensors")],
];

const damagedSignatures: readonly (readonly [readonly number[], Text])[] = [
  [[0xff, 0xfe], text("this is UTF-16 text; save it as UTF-8")],
  [[0xfe, 0xff], text("this is UTF-16 text; save it as UTF-8")],
];

/**
 * @throws UnsupportedError for a kind of file that is not read, FormatError for one that stands in another's place.
 */
export function refuseKnownFile(file: string, head: Uint8Array, start: string): void {
  for (const [signature, reason] of refusedSignatures) {
    if (startsWith(head, signature)) throw new UnsupportedError(file, reason);
  }
  for (const [signature, reason] of damagedSignatures) {
    if (startsWith(head, signature)) throw new FormatError(file, reason);
  }
  if (start.startsWith("version https://git-lfs")) {
    throw new FormatError(
      file,
      text("a Git LFS pointer stands in place of the file; fetch it with: git lfs pull"),
    );
  }
  if (/^<(!doctype|html|\?xml|head|body)/i.test(start)) {
    throw new FormatError(
      file,
      text("this is a web page (HTML), not a file of tensors; the download may have failed"),
    );
  }
}

/** True when bytes begin with these. */
export function startsWith(head: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, index) => head[index] === byte);
}
