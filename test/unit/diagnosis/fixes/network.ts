/** A network of a frame with random weights, its run, and what an alternative makes of it. */
import type { Alternative } from "../../../../src/diagnosis/alternatives/alternative";
import type { Case, LayerParameters, Model } from "../../../../src/diagnosis/base/model";
import type { FixFrame } from "../../../../src/diagnosis/fixes/fix";
import { forwardUnder, type Run } from "../../../../src/diagnosis/forward/forward";
import { layOut, resultsOf } from "../../../../src/diagnosis/forward/returned";
import { switchesOf } from "../../../../src/diagnosis/forward/switches";
import { numDirections, stateSize } from "../../../../src/model/config";
import { directionsOf } from "../../../../src/model/directions";
import {
  expectedParameters,
  parameterName,
  type ParameterRole,
} from "../../../../src/model/parameters";
import { caseOf } from "./frames";
import { present } from "../../support/present";

/** Values between −0.8 and 0.8, the same in every run. */
function valuesFrom(seed: number): (count: number) => Float64Array {
  let state = seed + 1;
  const next = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state / 2 ** 31 - 0.5) * 1.6;
  };
  return (count) => Float64Array.from({ length: count }, next);
}

export function modelOf(frame: FixFrame, seed = 1): Model {
  const { config, seqLength, batchSize, lengths } = frame;
  const values = valuesFrom(seed);
  const tensors = new Map(
    expectedParameters(config).map(({ name, shape }) => [
      name,
      values(shape.reduce((size, axis) => size * axis, 1)),
    ]),
  );
  const layers = Array.from({ length: config.numLayers }, (_, layer) =>
    directionsOf(config).map((direction): LayerParameters => {
      const of = (role: ParameterRole): Float64Array | null =>
        tensors.get(parameterName(config, role, layer, direction)) ?? null;
      return {
        inputSize: layer === 0 ? config.inputSize : numDirections(config) * stateSize(config),
        weightIh: present(of("weightIh")),
        weightHh: present(of("weightHh")),
        biasIh: of("biasIh"),
        biasHh: of("biasHh"),
        weightHr: of("weightHr"),
        peephole: of("peephole"),
      };
    }),
  );
  const slots = config.numLayers * numDirections(config);
  return {
    config,
    layers,
    input: values(seqLength * batchSize * config.inputSize),
    seqLength,
    batchSize,
    h0: values(slots * batchSize * stateSize(config)),
    c0: config.cell === "LSTM" ? values(slots * batchSize * config.hiddenSize) : null,
    lengths: Int32Array.from(lengths ?? new Array<number>(batchSize).fill(seqLength)),
  };
}

export function runOf(model: Model): Run {
  return present(forwardUnder(model, switchesOf(model.config)));
}

/** The tensors of a model by the user's names. */
export function stateOf(frame: FixFrame, model: Model): Record<string, Float64Array> {
  const { config, prefix, tensorNames } = frame;
  const state: Record<string, Float64Array> = {};
  for (const { name, role, layer, direction } of expectedParameters(config)) {
    const at = directionsOf(config).indexOf(direction);
    state[tensorNames?.get(name) ?? prefix + name] = present(
      present(present(model.layers[layer])[at])[role],
    );
  }
  return state;
}

interface Data {
  readonly output: Float64Array;
  readonly hn: Float64Array;
  readonly cn: Float64Array | null;
}

/** What the module returns, laid out as files have it; under an alternative where one is given. */
export function returnedOf(frame: FixFrame, run: Run, alternative?: Alternative): Data {
  const the: Case = { ...caseOf(frame), model: run.model };
  const right = resultsOf(run);
  const results = alternative?.results?.(right, the) ?? right;
  const laidOut = layOut(results, the);
  const { output, hn, cn } = alternative?.layout?.(laidOut, results, the) ?? laidOut;
  return { output: present(output).data, hn: present(hn).data, cn: cn?.data ?? null };
}
