/**
 * A case that was made: its files, and what is said of it.
 */
import type { Text } from "../../core/text";

/** A file to be written into the folder of the case. */
export interface MadeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface MadeCase {
  readonly files: readonly MadeFile[];
  /** Name of the run file among them. */
  readonly runFile: string;
  /** What a person should know of it, a sentence each. */
  readonly lines: readonly Text[];
}

/** A file of text in UTF-8. */
export function textFile(name: string, content: string): MadeFile {
  return { name, bytes: new TextEncoder().encode(content) };
}
