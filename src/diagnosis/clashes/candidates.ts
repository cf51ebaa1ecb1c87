/**
 * Single changes of a run file that may make its shapes fit, the likeliest first; each is tried before it is offered.
 */
import { constructorLine, type RecurrentConfig } from "../../model/config";
import { withModules } from "../../model/derive/derive";
import { fitsCell, fitsHidden, fitsInput, fitsLengths, fitsOutput } from "../../model/find/fit";
import { heads } from "../../model/find/head";
import { baseName } from "../../core/baseName";
import { text } from "../../core/text";
import type { TensorEntry } from "../../tensor/tensor";
import { otherTensors } from "./otherTensors";
import type { Candidate, Situation } from "./situation";

/** Modules of the weights that are tried. */
const MAX_MODULES = 8;
/** Other files of weights that are tried. */
const MAX_WEIGHTS = 4;

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
  const stop = situation.shapes.clash?.tensor ?? "";
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
    ...(spec[name] === undefined ? [] : [leftOut(name)]),
    ...otherTensors(situation, [name], spec[name], (entry) => fits(config, input.shape, entry)),
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
    ...otherTensors(situation, ["lengths"], named, (entry) =>
      fitsLengths(loaded.input.shape, entry),
    ),
    {
      title: text("Leave lengths out: every sequence has all of its steps"),
      edits: [{ path: ["lengths"] }],
      isLast: true,
    },
  ];
}

function inputs(situation: Situation): Candidate[] {
  const { spec, loaded } = situation;
  return otherTensors(situation, ["input"], spec.input, (entry) => fitsInput(loaded.config, entry));
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
    return otherTensors(situation, ["reference", key], ref, fitsEntry);
  });
}

function surroundings({ loaded, shapes }: Situation): Candidate[] {
  const { linear, head } = loaded.surrounding;
  const stop = shapes.clash?.tensor ?? "";
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
