/**
 * Errors in the words of the command line: options are named by their flags.
 */
import type { UnrollError } from "../core/errors";
import { renderText } from "../core/text";

/** Flags of the options that errors name. */
const flags: Readonly<Record<string, string>> = {
  against: "--against",
  at: "--at",
  as: "--as",
  loss: "--loss",
  map: "--map",
  out: "--out",
  targets: "--targets",
  slice: "--slice",
  "trace.memory": "--trace-memory",
};

/** The sentence of an error. */
export function errorSentence(error: UnrollError): string {
  return renderText(error.sentence((option) => flags[option]));
}
