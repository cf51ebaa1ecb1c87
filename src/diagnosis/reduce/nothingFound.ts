/**
 * What is said where there is no mistake to make a case of.
 */
import { UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";

/** `agrees` is true for a run without a difference; `file` is the one that was asked about. */
export function nothingFound(file: string, agrees: boolean): UnsupportedError {
  const problem = agrees
    ? text("the reference is right: there is no mistake to make a case of")
    : text("no mistake that is known explains the reference: there is nothing to make a case of");
  return new UnsupportedError(file, problem);
}
