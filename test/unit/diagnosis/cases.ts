/** Cases of the diagnosis in memory: random networks, and references made from them. */
import assert from "node:assert/strict";
import { forwardUnder, type Run } from "../../../src/diagnosis/forward/forward";
import { layOut, resultsOf } from "../../../src/diagnosis/forward/returned";
import { switchesOf } from "../../../src/diagnosis/forward/switches";
import { caseOf, type Case, type Returned } from "../../../src/diagnosis/base/model";
import { alternativesOf } from "../../../src/diagnosis/alternatives/registry";
import type { Alternative } from "../../../src/diagnosis/alternatives/alternative";
import { returnedUnder, runUnder } from "../../../src/diagnosis/search/trial";
import { numDirections, stateSize, type RecurrentConfig } from "../../../src/model/config";
import type { RunInputs } from "../../../src/run/inputs";
import { elementCount, type Shape, type Tensor } from "../../../src/tensor/tensor";
import { rnnConfig } from "../support/goldens";
import { filled, numbersFrom, randomParameters } from "../support/runs";

export interface CaseOptions {
  readonly config: Partial<RecurrentConfig>;
  readonly seed?: number;
  readonly seqLength?: number;
  readonly batchSize?: number;
  readonly lengths?: readonly number[] | null;
  readonly givenStates?: boolean;
  /** Largest magnitude of a parameter; 1 when not given. */
  readonly largest?: number;
}

/** A run without a reference; weights, input, h0 and c0 follow from the seed. */
export function randomInputs(options: CaseOptions): RunInputs {
  const { seed = 1, seqLength: T = 5, batchSize: B = 3, lengths = null, largest = 1 } = options;
  const config = rnnConfig(options.config);
  const next = numbersFrom(seed);
  const tensor = (shape: Shape): Tensor => ({
    dtype: "float64",
    shape,
    data: filled(elementCount(shape), next),
  });
  const parameters = randomParameters(config, () => largest * next());
  const slots = config.numLayers * numDirections(config);
  const hasStates = options.givenStates ?? true;
  const input = tensor([...(config.batchFirst ? [B, T] : [T, B]), config.inputSize]);
  const h0 = hasStates ? tensor([slots, B, stateSize(config)]) : null;
  const c0 = hasStates && config.cell === "LSTM" ? tensor([slots, B, config.hiddenSize]) : null;
  return {
    config,
    parameters,
    input,
    h0,
    c0,
    lengths,
    precision: "f64",
    tolerance: {},
    reference: { output: null, hn: null, cn: null },
  };
}

/** The case of `randomInputs`. */
export function randomCase(options: CaseOptions): Case {
  return caseOf(randomInputs(options));
}

/** The states of a case under no alternative. */
export function rightRunOf({ model }: Pick<Case, "model">): Run {
  const run = forwardUnder(model, switchesOf(model.config));
  assert.ok(run);
  return run;
}

/** What the module of a case returns. */
export function rightOf(the: Case): Returned {
  return layOut(resultsOf(rightRunOf(the)), the);
}

/** What it returns under alternatives. */
export function underOf(the: Case, ...ids: readonly string[]): Returned {
  const alternatives = ids.map((id) => alternativeOf(the, id));
  const run = runUnder(the, alternatives);
  assert.ok(run);
  return returnedUnder(the, run, alternatives);
}

/** An alternative that applies to a case. */
export function alternativeOf(the: Case, id: string): Alternative {
  const found = alternativesOf(the).find((alternative) => alternative.id === id);
  if (found === undefined) throw new Error(`${id} does not apply`);
  return found;
}
