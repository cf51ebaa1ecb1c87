/**
 * Parses the values of flags; each error is one sentence.
 */
import type { parseArgs, ParseArgsConfig } from "node:util";
import { UnsupportedError } from "../../../core/errors";
import { parseTensorRef, type TensorRef } from "../../../run/spec/spec";
import { text, type Text } from "../../../core/text";

/** Flags as `parseArgs` takes them. */
export type FlagTypes = NonNullable<ParseArgsConfig["options"]>;

/** The values that `parseArgs` found, by flag. */
export type Values = Readonly<ReturnType<typeof parseArgs>["values"]>;

/** A flag's text; undefined when it was not given. */
export function stringOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** One of some words. @throws UnsupportedError for another one. */
export function choiceOf<Choice extends string>(
  values: Values,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = stringOf(values, name);
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    throw usage(`--${name}`, text("expected {0}, not {1}", choices.join(" | "), value));
  }
  return choice;
}

/** A number that `isRight` admits. @throws UnsupportedError with `problem` (whose {0} is the text) for any other. */
export function numberOf(
  values: Values,
  name: string,
  isRight: (value: number) => boolean,
  problem: (value: string) => Text,
): number | undefined {
  const value = stringOf(values, name);
  if (value === undefined) return undefined;
  const number = parseNumber(value);
  if (!isRight(number)) throw usage(`--${name}`, problem(value));
  return number;
}

/** The finite number that a text is; NaN for any other text. */
export function parseNumber(value: string): number {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : Number.NaN;
}

/** A tensor in a file. @throws UnsupportedError when it names no file. */
export function tensorOf(values: Values, name: string): TensorRef | undefined {
  const value = stringOf(values, name);
  return value === undefined ? undefined : assertTensorRef(`--${name}`, value);
}

/** @throws UnsupportedError when `value` names no file. */
export function assertTensorRef(flag: string, value: string): TensorRef {
  if (parseTensorRef(value).file === "") {
    throw usage(flag, text("expected FILE or FILE#tensor"));
  }
  return value;
}

/** `{ [name]: value }`, or nothing: an optional property is left out, never undefined. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}

/** What was typed cannot be understood. */
export function usage(subject: string, problem: Text | string): UnsupportedError {
  return new UnsupportedError(subject, text("{0} (unroll --help shows how)", problem));
}
