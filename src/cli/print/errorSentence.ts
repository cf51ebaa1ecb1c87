/**
 * Errors, and what a file looks like, in the words of the command line: options are named by their flags.
 */
import type { UnrollError } from "../../core/errors";
import { withRemedies } from "../../core/remedies";
import { renderText } from "../../core/text";
import type { Resemblance } from "../../model/find/lookAlike";

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
  return renderText(error.sentence(flagOf));
}

/** What tensors without a module look like, and what to do. */
export function lookSentence({ text, remedies }: Resemblance): string {
  return renderText(withRemedies(text, remedies, flagOf));
}

function flagOf(option: string): string | undefined {
  return flags[option];
}
