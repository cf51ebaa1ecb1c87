/** A run whose stages are called one by one, beside references that are its own results. */
import { forward } from "../../../src/run/forward";
import type { RunSurrounding } from "../../../src/analysis/surrounding";
import { numDirections, stateSize, type RecurrentConfig } from "../../../src/model/config";
import { prepareRun, type PreparedRun, type RunInputs } from "../../../src/run/inputs";
import { referencesOf, type Reference } from "../../../src/run/references";
import { resultsOf, type Results } from "../../../src/run/results";
import { elementCount, type Tensor } from "../../../src/tensor/tensor";
import { outputOf } from "./outputs";
import { filled, numbersFrom, randomParameters } from "./runs";

export interface StagedRun {
  readonly prepared: PreparedRun;
  readonly results: Results;
  readonly references: readonly Reference[];
  readonly surrounding: RunSurrounding;
}

export const strict = { rtol: 0, atol: 0, equalNan: false };

/** A float64 run of T = 6, B = 2 with an `every` head of 4 classes, and all of its results as references. */
export function stagedRun(
  config: RecurrentConfig,
  lengths: readonly number[] | null = null,
): StagedRun {
  const next = numbersFrom(21);
  const tensor = (...shape: number[]): Tensor => ({
    dtype: "float64",
    shape,
    data: filled(elementCount(shape), next),
  });
  const features = numDirections(config) * stateSize(config);
  const linear = {
    weight: filled(4 * features, next),
    bias: filled(4, next),
    inFeatures: features,
    outFeatures: 4,
  };
  const head = { head: "every", linear } as const;
  const bare: RunInputs = {
    config,
    parameters: randomParameters(config, next),
    input: tensor(6, 2, config.inputSize),
    h0: null,
    c0: null,
    lengths,
    precision: "f64",
    tolerance: {},
    reference: { output: null, hn: null, cn: null },
  };
  const prepared = prepareRun(bare);
  const trace = forward(prepared.run);
  const results = resultsOf(prepared, trace, head);
  const given = (shape: readonly number[], data: Tensor["data"]): Tensor => ({
    dtype: "float64",
    shape,
    data: data.slice(),
  });
  const slots = config.numLayers * numDirections(config);
  const surrounding: RunSurrounding = {
    tokens: null,
    vocabulary: 0,
    head,
    reference: {
      embedded: given(bare.input.shape, results.embedded),
      logits: given([6, 2, 4], results.logits?.values ?? new Float64Array()),
    },
  };
  const reference = {
    output: given([6, 2, features], outputOf(results, stateSize(config), 6)),
    hn: given([slots, 2, stateSize(config)], results.hn),
    cn: results.cn === null ? null : given([slots, 2, config.hiddenSize], results.cn),
  };
  const references = referencesOf({ reference, surrounding }, prepared);
  return { prepared, results, references, surrounding };
}
