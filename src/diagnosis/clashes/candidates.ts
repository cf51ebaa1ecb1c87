/**
 * Single changes of a run file that may make its shapes fit, the likeliest first; each is tried before it is offered.
 */
import type { Archive } from "../../formats/base/archive";
import { constructorLine, type RecurrentConfig } from "../../model/config";
import { withModules } from "../../model/derive/derive";
import { fitsFirst } from "../../model/find/fitsFirst";
import {
  fitsCell,
  fitsHidden,
  fitsInput,
  fitsLengths,
  fitsOutput,
  usualNames,
} from "../../model/find/fit";
import { heads } from "../../model/find/head";
import type { ShapeCheck } from "../../model/shapes/shapes";
import { baseName } from "../../core/baseName";
import { text, type Text } from "../../core/text";
import type { LoadedRun } from "../../run/load/load";
import { formatTensorRef, parseTensorRef, type RunSpec, type TensorRef } from "../../run/spec/spec";
import { formatShape, type Shape, type TensorEntry } from "../../tensor/tensor";
import type { SpecEdit } from "./edits";

/** A change that may be offered. */
export interface Candidate {
  readonly title: Text;
  readonly edits: readonly SpecEdit[];
  /** True where it fits because something that was given is left out: the last thing to try. */
  readonly isLast?: true;
}

/** What candidates are made of. */
export interface Situation {
  readonly spec: RunSpec;
  readonly loaded: LoadedRun;
  readonly shapes: ShapeCheck;
  /** Archives of the run's files by the names that the spec has for them, and of those beside them. */
  readonly archives: ReadonlyMap<string, Archive>;
}

/** Modules of the weights that are tried. */
const MAX_MODULES = 8;
/** Other files of weights that are tried. */
const MAX_WEIGHTS = 4;
/** Tensors that are tried in the place of one. */
const MAX_TENSORS = 6;
/** A tensor of more elements is not read to try it. */
const MAX_ELEMENTS = 4_000_000;

/** Names of the rows of the shape check by the keys of references. */
const referenceRows: Readonly<Record<string, string>> = {
  output: "reference output",
  h_n: "reference h_n",
  c_n: "reference c_n",
};

/** The changes to try. */
export function candidatesOf(situation: Situation): Candidate[] {
  const broken = new Set(
    situation.shapes.rows
      .filter(({ status }) => status === "mismatch" || status === "missing")
      .map(({ name }) => name),
  );
  const stop = situation.shapes.stop?.name ?? "";
  return [
    ...layouts(situation),
    ...(stop === "h0" || stop === "c0" ? states(situation, stop) : []),
    ...(stop === "lengths" ? lengths(situation) : []),
    ...(isSequence(stop) ? inputs(situation) : []),
    ...references(situation, broken),
    ...surroundings(situation),
    ...modules(situation),
    ...otherWeights(situation),
  ];
}

function isSequence(stop: string): boolean {
  return stop === "input" || stop === "embedded" || stop === "tokens";
}

function layouts({ loaded: { config, module } }: Situation): Candidate[] {
  // The file of a Keras layer says itself which axis is the batch.
  if (module.facts.batchFirst !== null) return [];
  const value = !config.batchFirst;
  return [
    {
      title: value
        ? text("Read the input as [B, T, I]: batchFirst true")
        : text("Read the input as [T, B, I]: batchFirst false"),
      edits: [{ path: ["options", "batchFirst"], value }],
    },
  ];
}

function states(situation: Situation, name: "h0" | "c0"): Candidate[] {
  const { spec, loaded } = situation;
  const { config, input } = loaded;
  const fits = name === "h0" ? fitsHidden : fitsCell;
  const exchanged: Candidate[] =
    spec.h0 === undefined || spec.c0 === undefined
      ? []
      : [
          {
            title: text("Exchange h0 and c0"),
            edits: [
              { path: ["h0"], value: spec.c0 },
              { path: ["c0"], value: spec.h0 },
            ],
          },
        ];
  return [
    ...exchanged,
    ...tensors(situation, [name], spec[name], (entry) => fits(config, input.shape, entry)),
    ...(spec[name] === undefined ? [] : [leftOut(name)]),
  ];
}

function leftOut(name: "h0" | "c0"): Candidate {
  return {
    title: text("Leave {0} out: zeros take its place", name),
    edits: [{ path: [name] }],
    isLast: true,
  };
}

function lengths(situation: Situation): Candidate[] {
  const { spec, loaded } = situation;
  const named = typeof spec.lengths === "string" ? spec.lengths : undefined;
  return [
    ...tensors(situation, ["lengths"], named, (entry) => fitsLengths(loaded.input.shape, entry)),
    {
      title: text("Leave lengths out: every sequence has all of its steps"),
      edits: [{ path: ["lengths"] }],
      isLast: true,
    },
  ];
}

function inputs(situation: Situation): Candidate[] {
  const { spec, loaded } = situation;
  return tensors(situation, ["input"], spec.input, (entry) => fitsInput(loaded.config, entry));
}

function references(situation: Situation, broken: ReadonlySet<string>): Candidate[] {
  const { spec, loaded } = situation;
  const { config, input } = loaded;
  const fits: Readonly<Record<string, (entry: TensorEntry) => boolean>> = {
    output: (entry) => fitsOutput(config, input.shape, entry),
    h_n: (entry) => fitsHidden(config, input.shape, entry),
    c_n: (entry) => fitsCell(config, input.shape, entry),
  };
  return Object.entries(fits).flatMap(([key, fitsEntry]) => {
    const ref = spec.reference?.[key as "output"];
    if (ref === undefined || !broken.has(referenceRows[key] ?? "")) return [];
    return tensors(situation, ["reference", key], ref, fitsEntry);
  });
}

function surroundings({ loaded, shapes }: Situation): Candidate[] {
  const { linear, head } = loaded.surrounding;
  const stop = shapes.stop?.name ?? "";
  const isLinear = linear !== null && stop.startsWith(linear.name);
  const isEmbedding = ["tokens", "embedded"].includes(stop) || stop.endsWith("embedding.weight");
  return [
    ...(isEmbedding
      ? [
          {
            title: text("Take the input as features, not as tokens"),
            edits: [{ path: ["pipeline", "embedding"], value: null }],
          },
        ]
      : []),
    ...(isLinear
      ? [
          ...heads
            .filter((each) => each !== head)
            .map((value) => ({
              title: text("Give the linear layer {0}", value),
              edits: [{ path: ["pipeline", "head"], value }],
            })),
          {
            title: text("Leave the linear layer out"),
            edits: [{ path: ["pipeline", "linear"], value: null }],
            isLast: true as const,
          },
        ]
      : []),
  ];
}

function modules({ loaded }: Situation): Candidate[] {
  return loaded.modules
    .filter(({ prefix }) => prefix !== loaded.module.prefix)
    .slice(0, MAX_MODULES)
    .map(({ prefix, config }) => ({
      title: text("Run the module {0}, {1}", nameOf(prefix), lineOf(config)),
      edits: [{ path: ["weights", "module"], value: prefix }],
    }));
}

/** The first module of other files: one that takes this input, or has what the run's lacks. */
function otherWeights({ spec, archives }: Situation): Candidate[] {
  return [...archives]
    .filter(([file]) => file !== spec.weights.file)
    .flatMap(([file, archive]) => {
      const [module] = withModules(baseName(file), archive).modules;
      return module === undefined ? [] : [{ file, module }];
    })
    .slice(0, MAX_WEIGHTS)
    .map(({ file, module }) => ({
      title: text("Take the weights of {0}, {1}", baseName(file), lineOf(module.config)),
      edits: [
        { path: ["weights", "file"], value: file },
        ...(spec.weights.module === undefined ? [] : [{ path: ["weights", "module"] }]),
      ],
    }));
}

function nameOf(prefix: string): string {
  return prefix === "" ? '""' : prefix.replace(/[./]$/, "");
}

function lineOf(config: RecurrentConfig): string {
  return constructorLine(config);
}

/** Other tensors of the run's files for one of its keys, those of the same file first. */
function tensors(
  { archives, spec }: Situation,
  path: readonly string[],
  current: TensorRef | undefined,
  fits: (entry: TensorEntry) => boolean,
): Candidate[] {
  const role = roles[path.at(-1) ?? ""] ?? "input";
  const own = current === undefined ? { file: "" } : parseTensorRef(current);
  const taken = new Set(tensorRefsOf(spec));
  const mayBe = (file: string, { name, ...entry }: TensorEntry): boolean =>
    fits({ name, ...entry }) &&
    isSmall(entry.shape) &&
    !PARAMETER.test(name) &&
    !isCalledOtherwise(name, role) &&
    !taken.has(formatTensorRef(file, name));
  const files = [...archives].sort(
    ([left], [right]) => Number(right === own.file) - Number(left === own.file),
  );
  return files
    .flatMap(([file, { entries }]) =>
      fitsFirst(
        entries.filter((entry) => mayBe(file, entry)),
        [({ name }) => isCalled(name, role)],
      ).map(({ name, shape }) => ({
        title: text(
          "Take {0} {1} of {2} as {3}",
          name,
          formatShape(shape),
          baseName(file),
          path.at(-1) ?? "",
        ),
        edits: [{ path, value: formatTensorRef(file, name) }],
      })),
    )
    .slice(0, MAX_TENSORS);
}

type Role = keyof typeof usualNames;

/** What the tensors of a key are usually called. */
const roles: Readonly<Record<string, Role>> = {
  ...{ input: "input", h0: "h0", c0: "c0", lengths: "lengths" },
  ...{ output: "output", h_n: "hn", c_n: "cn" },
};

/** Weights are no inputs, whatever their shapes. */
const PARAMETER = /(?:^|[._/])(?:weight|bias|kernel)[^./]*$/;

function isCalled(name: string, role: Role): boolean {
  return (usualNames[role] as readonly string[]).includes(name);
}

/** True for a tensor that by its name is another part of a run. A run may begin where another one ended. */
function isCalledOtherwise(name: string, role: Role): boolean {
  return (Object.keys(usualNames) as Role[]).some(
    (other) => other !== role && other !== finals[role] && isCalled(name, other),
  );
}

const finals: Partial<Record<Role, Role>> = { h0: "hn", c0: "cn" };

/** The tensors that the run names already. */
function tensorRefsOf(spec: RunSpec): TensorRef[] {
  const refs: readonly unknown[] = [
    ...[spec.input, spec.h0, spec.c0, spec.lengths],
    ...Object.values(spec.reference ?? {}),
  ];
  return refs.filter((ref) => typeof ref === "string");
}

function isSmall(shape: Shape): boolean {
  return shape.reduce((count, size) => count * size, 1) <= MAX_ELEMENTS;
}
