/**
 * The flags that describe a run, and the part of a run file that each stands for.
 */
import { heads } from "../model/find/head";
import { gateActivationNames, type GateActivationOption } from "../model/variant";
import {
  parseTensorRef,
  type SurroundingSpec,
  type ReferenceSpec,
  type RunOptions,
  type RunSpec,
  type TensorRef,
  type ToleranceSpec,
} from "../run/spec/spec";
import { text } from "../core/text";
import {
  assertTensorRef,
  choiceOf,
  numberOf,
  parseNumber,
  present,
  stringOf,
  tensorOf,
  usage,
  type FlagTypes,
  type Values,
} from "./values";

/** What flags say about a run; a run file says the rest. Paths are relative to the working directory. */
export interface RunFlags extends Partial<
  Pick<RunSpec, "weights" | "input" | "h0" | "c0" | "lengths" | "pipeline" | "reference">
> {
  readonly options: RunOptions;
  readonly tolerance: ToleranceSpec;
}

/** Flags of the files that a run is made of. */
export const fileFlags: FlagTypes = {
  weights: { type: "string" },
  input: { type: "string" },
  h0: { type: "string" },
  c0: { type: "string" },
  lengths: { type: "string" },
  reference: { type: "string", multiple: true },
};

/** Flags of what is computed and how it is compared. */
export const optionFlags: FlagTypes = {
  "batch-first": { type: "boolean" },
  nonlinearity: { type: "string" },
  precision: { type: "string" },
  "reset-after": { type: "string" },
  "gate-activation": { type: "string" },
  clip: { type: "string" },
  "coupled-input-forget": { type: "boolean" },
  repeat: { type: "string" },
  embedding: { type: "string" },
  linear: { type: "string" },
  head: { type: "string" },
  rtol: { type: "string" },
  atol: { type: "string" },
  "equal-nan": { type: "boolean" },
};

/** A comma before one of these ends a reference; any other comma belongs to a file name. */
const REFERENCE_SEPARATOR = /,(?=(?:output|h_n|c_n|embedded|logits)=)/;

/** @throws UnsupportedError with one sentence that names the flag. */
export function flagsOf(values: Values): RunFlags {
  const weights = stringOf(values, "weights");
  const lengths = stringOf(values, "lengths");
  const references = values["reference"] as readonly string[] | undefined;
  return {
    ...(weights === undefined ? {} : { weights: parseWeights(weights) }),
    ...present("input", tensorOf(values, "input")),
    ...present("h0", tensorOf(values, "h0")),
    ...present("c0", tensorOf(values, "c0")),
    ...(lengths === undefined ? {} : { lengths: parseLengths(lengths) }),
    ...present("pipeline", surroundingOf(values)),
    ...(references === undefined ? {} : { reference: parseReferences(references) }),
    options: optionsOf(values),
    tolerance: {
      ...present("rtol", toleranceOf(values, "rtol")),
      ...present("atol", toleranceOf(values, "atol")),
      ...(values["equal-nan"] === true ? { equalNan: true } : {}),
    },
  };
}

function optionsOf(values: Values): RunOptions {
  const resetAfter = choiceOf(values, "reset-after", ["true", "false"] as const);
  const gateActivation = stringOf(values, "gate-activation");
  return {
    ...(values["batch-first"] === true ? { batchFirst: true } : {}),
    ...present("nonlinearity", choiceOf(values, "nonlinearity", ["tanh", "relu"] as const)),
    ...present("precision", choiceOf(values, "precision", ["f32", "f64", "f16", "bf16"] as const)),
    ...(resetAfter === undefined ? {} : { resetAfter: resetAfter === "true" }),
    ...(gateActivation === undefined
      ? {}
      : { gateActivation: parseGateActivation(gateActivation) }),
    ...present("clip", clipOf(values)),
    ...(values["coupled-input-forget"] === true ? { coupledInputForget: true } : {}),
    ...present("repeat", repeatOf(values)),
  };
}

/** Layers around the module; `none` stands for the null of a run file. */
function surroundingOf(values: Values): SurroundingSpec | undefined {
  const head = choiceOf(values, "head", [...heads, "none"] as const);
  const surrounding: SurroundingSpec = {
    ...present("embedding", layerOf(values, "embedding")),
    ...present("linear", layerOf(values, "linear")),
    ...(head === undefined ? {} : { head: head === "none" ? null : head }),
  };
  return Object.keys(surrounding).length === 0 ? undefined : surrounding;
}

function layerOf(values: Values, flag: "embedding" | "linear"): string | null | undefined {
  const name = stringOf(values, flag);
  if (name === "") throw usage(`--${flag}`, text("expected the name of a layer, or none"));
  return name === "none" ? null : name;
}

function parseGateActivation(value: string): GateActivationOption {
  const name = gateActivationNames.find((each) => each === value);
  if (name !== undefined) return name;
  const [alpha = Number.NaN, beta = Number.NaN, ...more] = value.split(",").map(parseNumber);
  if (Number.isNaN(alpha) || Number.isNaN(beta) || more.length > 0) {
    const known = [...gateActivationNames, "ALPHA,BETA"].join(" | ");
    throw usage("--gate-activation", text("expected {0}, not {1}", known, value));
  }
  return { alpha, beta };
}

function clipOf(values: Values): number | undefined {
  return numberOf(
    values,
    "clip",
    (clip) => clip > 0,
    (value) => text("expected a number larger than 0, not {0}", value),
  );
}

function repeatOf(values: Values): number | undefined {
  return numberOf(
    values,
    "repeat",
    (count) => Number.isSafeInteger(count) && count > 0,
    (value) => text("expected a whole number that is 1 or larger, not {0}", value),
  );
}

function toleranceOf(values: Values, name: string): number | undefined {
  return numberOf(
    values,
    name,
    (tolerance) => tolerance >= 0,
    (value) => text("expected a number that is 0 or larger, not {0}", value),
  );
}

function parseWeights(value: string): RunSpec["weights"] {
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
    const [, name, ref] = /^(output|h_n|c_n|embedded|logits)=(.+)$/s.exec(pair) ?? [];
    if (name === undefined || ref === undefined) {
      throw usage("--reference", text("expected output=FILE#tensor,h_n=FILE#tensor"));
    }
    found[name as keyof ReferenceSpec] = assertTensorRef("--reference", ref);
  }
  return found;
}
