/**
 * A case's tensors as a run of the engine, and the engine's results as the case's tensors.
 *
 * Reads them as Unroll reads files: the module out of names and shapes, the layout out of the options.
 */
import assert from "node:assert/strict";
import { joinDirections } from "../../src/analysis/lanes";
import type { ForwardInput, Precision, StateArray } from "../../src/engine/base/engine";
import type { ForwardTrace } from "../../src/engine/base/trace";
import { bindWeights } from "../../src/model/bind";
import { numDirections, type RecurrentConfig } from "../../src/model/config";
import { findModules } from "../../src/model/find/find";
import { outputShapes, sequenceSizes, toTimeMajor } from "../../src/model/sequence";
import { swapLeadingAxes, type Tensor } from "../../src/tensor/tensor";
import { entryOf } from "../unit/support/goldens";
import { statesOf } from "../unit/support/runs";
import type { Results } from "./accuracy";
import type { CaseDescription, CaseModule } from "./cases";

type Tensors = ReadonlyMap<string, Tensor>;

/** What a run is made of: the state_dict, the arrays, and which of them belong to the module. */
export interface CaseTensors {
  readonly description: CaseDescription;
  readonly weights: Tensors;
  readonly arrays: Tensors;
  readonly names: CaseModule;
}

/** The run of a case's module. */
export function bindCase(tensors: CaseTensors, precision: Precision): ForwardInput {
  const { description, weights, arrays, names } = tensors;
  const entries = [...weights].map(([name, { shape, dtype }]) => entryOf(name, shape, dtype));
  const module = findModules(entries).find(
    ({ prefix }) => names.module === undefined || prefix === `${names.module}.`,
  );
  assert.ok(module);
  const { batch_first: batchFirst = false, nonlinearity = "tanh" } = description.constructor;
  const config: RecurrentConfig = { ...module.config, batchFirst, nonlinearity };
  assertConfig(description, config);
  const parameters = [...weights].map(
    ([name, tensor]) => [name.slice(module.prefix.length), tensor] as const,
  );
  const ofModule = [...weights.keys()].map((name) => name.startsWith(module.prefix));
  const input = tensorOf(arrays, names.input);
  const sizes = sequenceSizes(input.shape, batchFirst);
  assert.ok(sizes);
  const stateOf = (name: string | undefined): StateArray | null =>
    name === undefined ? null : tensorOf(arrays, name).data;
  return {
    config,
    weights: bindWeights(config, new Map(parameters.filter((_, index) => ofModule[index]))),
    input: toTimeMajor(input, batchFirst),
    seqLength: sizes.seqLength,
    batchSize: sizes.batchSize,
    h0: stateOf(names.h0),
    c0: stateOf(names.c0),
    lengths: description.lengths,
    precision,
  };
}

/** What names and shapes tell must be what the module was constructed with. */
function assertConfig(description: CaseDescription, config: RecurrentConfig): void {
  const { constructor, cell, model } = description;
  const { num_layers = 1, bidirectional = false, proj_size = 0 } = constructor;
  const { hiddenSize, numLayers, bias, projSize, isCellClass } = config;
  assert.deepEqual(
    [config.cell, isCellClass, hiddenSize],
    [cell, model === "cell", constructor.hidden_size],
  );
  // The description of an encoder and decoder is the encoder's.
  if (model !== "encoder_decoder") assert.equal(config.inputSize, constructor.input_size);
  assert.deepEqual(
    [numLayers, config.bidirectional, bias, projSize],
    [num_layers, bidirectional, constructor.bias, proj_size],
  );
}

/** output, h_n and c_n in the layout of files; shapes as those of `exact`. */
export function resultsOf(
  { batched }: Pick<CaseDescription, "batched">,
  input: ForwardInput,
  trace: ForwardTrace,
  exact: Tensors,
): Results {
  const { config, seqLength, batchSize } = input;
  const last = statesOf(input, trace).at(-1) ?? [];
  const joined = joinDirections(last, trace.stateSize);
  const features = numDirections(config) * trace.stateSize;
  const isSwapped = config.batchFirst && batched;
  const output = isSwapped ? swapLeadingAxes(joined, [seqLength, batchSize, features]) : joined;
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched: !batched };
  const shapes = outputShapes(config, sizes);
  assert.deepEqual(tensorOf(exact, "output").shape, shapes.output);
  assert.deepEqual(tensorOf(exact, "h_n").shape, shapes.hn);
  const results: [string, StateArray][] = [
    ["output", output],
    ["h_n", trace.hn],
  ];
  if (trace.cn !== null) {
    results.push(["c_n", trace.cn]);
    assert.deepEqual(tensorOf(exact, "c_n").shape, shapes.cn);
  }
  return new Map(results.map(([name, data]) => [name, { data }]));
}

/** @throws Error when there is none of this name. */
export function tensorOf(tensors: Tensors, name: string): Tensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`there is no ${name}`);
  return tensor;
}
