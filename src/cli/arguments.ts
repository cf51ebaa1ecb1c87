/**
 * What was typed after `unroll`: the command, its files and its flags, each checked before any file is opened.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UnsupportedError } from "../errors";
import type { Nonlinearity } from "../model/config";
import type { Precision, ReferenceSpec, TensorRef } from "../runSpec";
import { parseTensorRef } from "../runSpec";
import { text, type Text } from "../text";

/** What flags say about a run; a run file says the rest. Paths are relative to the working directory. */
export interface RunFlags {
  readonly weights?: { readonly file: string; readonly module?: string };
  readonly input?: TensorRef;
  readonly h0?: TensorRef;
  readonly c0?: TensorRef;
  readonly lengths?: readonly number[] | TensorRef;
  readonly options: {
    readonly batchFirst?: boolean;
    readonly nonlinearity?: Nonlinearity;
    readonly precision?: Precision;
  };
  readonly reference?: ReferenceSpec;
  readonly tolerance: {
    readonly rtol?: number;
    readonly atol?: number;
    readonly equalNan?: boolean;
  };
}

export type Command =
  | { readonly name: "help" | "version" }
  | { readonly name: "inspect"; readonly file: string; readonly json: boolean }
  | {
      readonly name: "run";
      readonly runFile: string | null;
      readonly flags: RunFlags;
      readonly out: string | null;
      readonly trace: boolean;
      readonly json: boolean;
    }
  | {
      readonly name: "check";
      readonly runFiles: readonly string[];
      readonly flags: RunFlags;
      readonly json: boolean;
    };

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

const commonOptions: Options = {
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

const toleranceOptions: Options = {
  rtol: { type: "string" },
  atol: { type: "string" },
  "equal-nan": { type: "boolean" },
};

const optionsOf: Readonly<Record<"inspect" | "run" | "check", Options>> = {
  inspect: commonOptions,
  run: {
    ...commonOptions,
    ...toleranceOptions,
    weights: { type: "string" },
    input: { type: "string" },
    h0: { type: "string" },
    c0: { type: "string" },
    lengths: { type: "string" },
    "batch-first": { type: "boolean" },
    nonlinearity: { type: "string" },
    precision: { type: "string" },
    reference: { type: "string", multiple: true },
    out: { type: "string" },
    trace: { type: "boolean" },
  },
  check: { ...commonOptions, ...toleranceOptions },
};

/** A comma before one of these ends a reference; any other comma belongs to a file name. */
const REFERENCE_SEPARATOR = /,(?=(?:output|h_n|c_n)=)/;

/** @throws UnsupportedError with one sentence that names the flag or the command. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [name, ...rest] = argv;
  if (name === undefined || ["help", "--help", "-h"].includes(name)) return { name: "help" };
  if (name === "--version") return { name: "version" };
  if (name !== "inspect" && name !== "run" && name !== "check") {
    throw usage(name, text("there is no such command; there are inspect, run and check"));
  }
  const { values, positionals } = parseFlags(name, rest);
  if (values["help"] === true) return { name: "help" };
  const json = values["json"] === true;
  if (name === "run") return runCommand(values, positionals, json);
  return name === "check"
    ? { name, runFiles: assertFiles(positionals), flags: flagsOf(values), json }
    : { name, file: assertOneFile(positionals), json };
}

function assertOneFile([file, ...more]: readonly string[]): string {
  if (file !== undefined && more.length === 0) return file;
  throw usage("unroll inspect", text("expected one file"));
}

function assertFiles(files: readonly string[]): readonly string[] {
  if (files.length > 0) return files;
  throw usage("unroll check", text("expected one run file or several"));
}

function runCommand(values: Values, positionals: readonly string[], json: boolean): Command {
  const [runFile, more] = positionals;
  const flags = flagsOf(values);
  if (more !== undefined) throw usage("unroll run", text("expected one run file, not several"));
  if (runFile === undefined && (flags.weights === undefined || flags.input === undefined)) {
    throw usage("unroll run", text("expected a run file, or --weights and --input"));
  }
  const out = stringOf(values, "out") ?? null;
  const trace = values["trace"] === true;
  if (trace && out === null) throw usage("--trace", text("needs --out: it adds the states to it"));
  return { name: "run", runFile: runFile ?? null, flags, out, trace, json };
}

function parseFlags(
  command: "inspect" | "run" | "check",
  args: readonly string[],
): { values: Values; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options: optionsOf[command], allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = ""] = error.message.split(/\n|\. /);
    throw usage(`unroll ${command}`, sentence.replace(/\.$/, ""));
  }
}

function flagsOf(values: Values): RunFlags {
  const weights = stringOf(values, "weights");
  const lengths = stringOf(values, "lengths");
  const references = values["reference"] as readonly string[] | undefined;
  return {
    ...(weights === undefined ? {} : { weights: parseWeights(weights) }),
    ...present("input", tensorOf(values, "input")),
    ...present("h0", tensorOf(values, "h0")),
    ...present("c0", tensorOf(values, "c0")),
    ...(lengths === undefined ? {} : { lengths: parseLengths(lengths) }),
    ...(references === undefined ? {} : { reference: parseReferences(references) }),
    options: {
      ...(values["batch-first"] === true ? { batchFirst: true } : {}),
      ...present("nonlinearity", choiceOf(values, "nonlinearity", ["tanh", "relu"] as const)),
      ...present("precision", choiceOf(values, "precision", ["f32", "f64"] as const)),
    },
    tolerance: {
      ...present("rtol", toleranceOf(values, "rtol")),
      ...present("atol", toleranceOf(values, "atol")),
      ...(values["equal-nan"] === true ? { equalNan: true } : {}),
    },
  };
}

function parseWeights(value: string): { file: string; module?: string } {
  const { file, tensor } = parseTensorRef(value);
  if (file === "") throw usage("--weights", text("expected FILE or FILE#module"));
  return tensor === undefined || tensor === "" ? { file } : { file, module: tensor };
}

function parseLengths(value: string): readonly number[] | TensorRef {
  if (!/^[-+\d\s,.e]*$/i.test(value)) return assertTensorRef("--lengths", value);
  const lengths = value.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw usage("--lengths", text("expected whole numbers that are 1 or larger, e.g. 5,3,2"));
  }
  return lengths;
}

function parseReferences(values: readonly string[]): ReferenceSpec {
  const pairs = values.flatMap((value) => value.split(REFERENCE_SEPARATOR));
  const found: { -readonly [Name in keyof ReferenceSpec]: ReferenceSpec[Name] } = {};
  for (const pair of pairs) {
    const [, name, ref] = /^(output|h_n|c_n)=(.+)$/s.exec(pair) ?? [];
    if (name === undefined || ref === undefined) {
      throw usage("--reference", text("expected output=FILE#tensor,h_n=FILE#tensor"));
    }
    found[name as keyof ReferenceSpec] = assertTensorRef("--reference", ref);
  }
  return found;
}

function assertTensorRef(flag: string, value: string): TensorRef {
  if (parseTensorRef(value).file === "") {
    throw usage(flag, text("expected FILE or FILE#tensor"));
  }
  return value;
}

function tensorOf(values: Values, name: string): TensorRef | undefined {
  const value = stringOf(values, name);
  return value === undefined ? undefined : assertTensorRef(`--${name}`, value);
}

function choiceOf<Choice extends string>(
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

function toleranceOf(values: Values, name: string): number | undefined {
  const value = stringOf(values, name);
  if (value === undefined) return undefined;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (!Number.isFinite(number) || number < 0) {
    throw usage(`--${name}`, text("expected a number that is 0 or larger, not {0}", value));
  }
  return number;
}

function stringOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** `{ [name]: value }`, or nothing: an optional property is left out, never undefined. */
function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}

function usage(subject: string, problem: Text | string): UnsupportedError {
  return new UnsupportedError(subject, text("{0} (unroll --help shows how)", problem));
}
