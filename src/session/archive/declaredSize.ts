/**
 * Tensors that a file declares but does not store: expanded views, and datasets of fill values.
 */
import { LimitError } from "../../core/errors";
import type { ArchiveFormat } from "../../formats/base/archive";
import { text } from "../../core/text";

/** What is read or written in any case: a second or two. */
const alwaysReadBytes = 2 ** 30;

/** Values are at most so many times what a file holds of them; deflate, which packs best, makes 1 byte of 1032. */
const maxExpansion = 1100;

/** Formats whose tensors may be larger than what is stored of them; the others hold every byte. */
const expandingFormats: ReadonlySet<ArchiveFormat> = new Set(["pytorch", "hdf5", "keras", "npz"]);

/** A file and what it holds. */
export interface HeldFile {
  readonly file: string;
  readonly fileBytes: number;
  readonly format: ArchiveFormat;
}

/** Bytes of values that are read or written out of a file, whatever it declares. */
export function maxDeclaredBytes({ fileBytes, format }: HeldFile): number {
  if (!expandingFormats.has(format)) return Infinity;
  return Math.max(alwaysReadBytes, maxExpansion * fileBytes);
}

/** @throws LimitError when so many bytes of `tensors` are only declared. */
export function assertHeld(held: HeldFile, bytes: number): void {
  const limit = maxDeclaredBytes(held);
  if (bytes <= limit) return;
  throw new LimitError(
    held.file,
    text("the size in bytes of what is to be written, of a file of {0} bytes,", held.fileBytes),
    limit,
    bytes,
    text("export a part of it"),
  ).ofOption("slice");
}
