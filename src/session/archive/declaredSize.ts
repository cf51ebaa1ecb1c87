/**
 * Tensors that a file declares but does not store: expanded views, and datasets of fill values.
 */
import { LimitError } from "../../core/errors";
import type { ArchiveFormat } from "../../formats/base/archive";
import { text } from "../../core/text";

/** Bytes that may be read or written in any case: one or two seconds. */
const alwaysReadBytes = 2 ** 30;

/** The largest ratio of declared to stored bytes; the best possible compression, deflate's, is 1032. */
const maxExpansion = 1100;

/** Formats whose tensors may be larger than their stored bytes. */
const expandingFormats: ReadonlySet<ArchiveFormat> = new Set([
  "pytorch",
  "hdf5",
  "keras",
  "npz",
  "pickle",
]);

/** A file and its contents. */
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
