/**
 * Errors in the words of the command line: options are named by their flags.
 */
import type { UnrollError } from "../core/errors";
import { renderText } from "../core/text";

/** Flags of the options that errors name. */
const flags: Readonly<Record<string, string>> = {
  against: "--against",
  at: "--at",
  targets: "--targets",
  slice: "--slice",
  "trace.memory": "--trace-memory",
};

/** The sentence of an error. An option that is its subject is named by its flag; another has it added. */
export function errorSentence({ text, data }: UnrollError): string {
  const flag = data.option === undefined ? undefined : flags[data.option];
  if (flag === undefined) return renderText(text);
  const [subject, ...others] = text.args;
  return subject === data.option
    ? renderText({ ...text, args: [flag, ...others] })
    : `${renderText(text)} (${flag})`;
}
