/**
 * Tensors that a file declares but does not store: expanded views, and datasets of fill values.
 */
import { LimitError } from "../../core/errors";
import type { ArchiveFormat } from "../../formats/base/names";

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
  const { file, fileBytes } = held;
  throw new LimitError({ file }, { of: "written-bytes", fileBytes }, limit, bytes, [
    { do: "export-part", option: "slice" },
  ]);
}
