/**
 * What is wrong with a run file, as one error with its line and column.
 */
import { FormatError } from "../../core/errors";
import { text } from "../../core/text";
import type { RunFileProblem } from "./file";

/** The first of the problems, errors before others, of what `file` holds; how many more errors there are is said. */
export function runFileError(
  file: string,
  source: string,
  problems: readonly RunFileProblem[],
): FormatError {
  const errors = problems.filter(({ severity }) => severity === "error");
  const shown = errors[0] ?? problems[0];
  if (shown === undefined) return new FormatError(file, text("this is not a run file"));
  const before = source.slice(0, shown.offset).split(/\r\n|\n|\r/);
  const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
  const { replacements: candidates, severity } = shown;
  const more = errors.length - 1;
  const [meant] = candidates;
  // What the editor offers as a fix of a key that is unknown.
  const isMeant = severity === "warning" && meant !== undefined && candidates.length === 1;
  const message = isMeant ? text("{0}; is {1} meant?", shown.message, meant) : shown.message;
  return new FormatError(
    `${file}:${line}:${column}`,
    more > 0 ? text("{0} (and {1} more)", message, more) : message,
  ).about({ file, line, column, ...(candidates.length === 0 ? {} : { candidates }) });
}
