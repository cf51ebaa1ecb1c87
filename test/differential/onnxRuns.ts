/** Random runs of every cell and option through our engines and through ONNX Runtime, and how far both are from float64. */
import assert from "node:assert/strict";
import { noControl } from "../../src/core/control";
import { renderText } from "../../src/core/text";
import { numDirections, pytorchVariant, stateSize } from "../../src/model/config";
import type { CellKind, CellVariant, RecurrentConfig } from "../../src/model/config";
import { expectedParameters } from "../../src/model/parameters";
import { outputShapes } from "../../src/model/sequence";
import { directionIndexOf } from "../../src/model/directions";
import type { StateName } from "../../src/engine/base/trace";
import { isGate } from "../../src/model/stateNames";
import { createOnnxEngine } from "../../src/reference/onnx/engine";
import type { ReferenceAnswer } from "../../src/reference/engine";
import { forward } from "../../src/run/forward";
import { createRecomputer } from "../../src/engine/recompute";
import { prepareRun, type RunInputs } from "../../src/run/inputs";
import { elementCount, type Shape, type Tensor } from "../../src/tensor/tensor";
import { gateOrder } from "../../src/model/gates";
import { directOnnxRuntime } from "../unit/support/onnxRuntime";
import { numbersFrom } from "../unit/support/runs";

/** One run in both. */
export interface OnnxRunErrors {
  readonly cell: CellKind;
  readonly precision: "f32" | "f64";
  /** How ONNX Runtime computed its h. */
  readonly by: "operator" | "Scan";
  readonly what: string;
  /** Largest |ours − ONNX Runtime's| over all states and gates. */
  readonly apart: number;
  /** Largest |ours − float64| and |ONNX Runtime's − float64| over the states. */
  readonly ours: number;
  readonly theirs: number;
}

const engine = createOnnxEngine(directOnnxRuntime);

/** A whole number from `from` to `to`, inclusive. */
function between(next: () => number, from: number, to: number): number {
  return from + Math.min(to - from, Math.floor(((next() + 1) / 2) * (to - from + 1)));
}

function chance(next: () => number, share: number): boolean {
  return (next() + 1) / 2 < share;
}

function variantFrom(next: () => number, cell: CellKind): CellVariant {
  const isHard = cell !== "RNN" && chance(next, 0.2);
  return {
    ...pytorchVariant,
    resetAfter: cell !== "GRU" || chance(next, 0.6),
    gateActivation: isHard ? { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } : { kind: "sigmoid" },
    clip: chance(next, 0.15) ? 0.8 : null,
    coupledInputForget: cell === "LSTM" && chance(next, 0.15),
    peephole: cell === "LSTM" && chance(next, 0.2),
  };
}

function configFrom(next: () => number): RecurrentConfig {
  const cell = (["RNN", "LSTM", "GRU"] as const)[between(next, 0, 2)]!;
  const bidirectional = chance(next, 0.5);
  const hiddenSize = between(next, 1, 20);
  const isProjected = cell === "LSTM" && hiddenSize > 1 && chance(next, 0.25);
  const variant = variantFrom(next, cell);
  return {
    cell,
    isCellClass: false,
    inputSize: between(next, 1, 12),
    hiddenSize,
    numLayers: between(next, 1, 3),
    bidirectional,
    reverseOnly: !bidirectional && chance(next, 0.2),
    bias: chance(next, 0.8),
    projSize: isProjected && !variant.peephole ? between(next, 1, hiddenSize - 1) : 0,
    batchFirst: chance(next, 0.5),
    nonlinearity: chance(next, 0.3) ? "relu" : "tanh",
    variant,
  };
}

/** The run of a seed. */
export function randomOnnxRun(seed: number): RunInputs {
  const next = numbersFrom(seed * 7919 + 1);
  for (let k = 0; k < 8; k++) next();
  const config = configFrom(next);
  const isDouble = chance(next, 0.25);
  const tensor = (shape: Shape, scale: number): Tensor => {
    const values = Float64Array.from({ length: elementCount(shape) }, () => scale * next());
    return isDouble
      ? { dtype: "float64", shape, data: values }
      : { dtype: "float32", shape, data: Float32Array.from(values) };
  };
  const [seqLength, batchSize] = [between(next, 1, 20), between(next, 1, 4)];
  const sizes = { seqLength, batchSize, features: config.inputSize, unbatched: false };
  const shapes = outputShapes(config, sizes);
  const bound = 1.5 / Math.sqrt(config.hiddenSize);
  const parameters = expectedParameters(config).map(
    ({ name, shape }) => [name, tensor(shape, bound)] as const,
  );
  const begins = chance(next, 0.5);
  const features = numDirections(config) * stateSize(config);
  const linear = {
    weight: tensor([3, features], bound).data,
    bias: tensor([3], bound).data,
    inFeatures: features,
    outFeatures: 3,
  };
  const head = (["last", "every", "h_n"] as const)[between(next, 0, 2)]!;
  const lengths = chance(next, 0.4)
    ? Array.from({ length: batchSize }, () => between(next, 1, seqLength))
    : null;
  const [rows, columns] = config.batchFirst ? [batchSize, seqLength] : [seqLength, batchSize];
  return {
    config,
    parameters: new Map(parameters),
    input: tensor([rows, columns, config.inputSize], 1),
    h0: begins ? tensor(shapes.hn, 1) : null,
    c0: begins && shapes.cn !== null ? tensor(shapes.cn, 1) : null,
    lengths,
    precision: isDouble ? "f64" : "f32",
    tolerance: {},
    reference: { output: null, hn: null, cn: null },
    surrounding: {
      tokens: null,
      vocabulary: 0,
      head: { head, linear },
      reference: { embedded: null, logits: null },
    },
  };
}

/** The answer of ONNX Runtime. */
export async function onnxAnswer(inputs: RunInputs): Promise<ReferenceAnswer> {
  const outcome = await engine.run(
    { choice: { id: "onnxruntime" }, inputs, file: null },
    noControl,
  );
  assert.ok(outcome.kind === "answer", "sentence" in outcome ? renderText(outcome.sentence) : "");
  return outcome;
}

/** Runs it in both and compares every state. */
export async function onnxRunErrors(inputs: RunInputs): Promise<OnnxRunErrors> {
  const answer = await onnxAnswer(inputs);
  const prepared = prepareRun(inputs);
  const { run } = prepared;
  const ours = forward(run);
  const exact = forward({ ...run, precision: "f64" });
  const gates = createRecomputer(run, ours);
  const { config, seqLength, batchSize, lengths } = run;
  let [apart, oursOff, theirsOff] = [0, 0, 0];
  for (const { layer, direction, quantity, tensor } of answer.states) {
    const directionIndex = directionIndexOf(config, direction);
    const units = tensor.shape[2] ?? 0;
    const lane = { layer, directionIndex };
    if (isGate(quantity)) {
      const block = gateOrder[config.cell].indexOf(quantity);
      for (let step = 0; step < seqLength; step++) {
        for (let batch = 0; batch < batchSize; batch++) {
          if (lengths !== null && step >= lengths[batch]!) continue;
          const found = gates.step({ layer, direction, step, batch })!.record.gates;
          for (let unit = 0; unit < units; unit++) {
            const theirs = tensor.data[(step * batchSize + batch) * units + unit]!;
            apart = Math.max(apart, Math.abs(found[block * units + unit]! - theirs));
          }
        }
      }
      continue;
    }
    const own = ours.read(quantity as StateName, lane, 0, seqLength).slice();
    const precise = exact.read(quantity as StateName, lane, 0, seqLength);
    assert.equal(tensor.data.length, own.length);
    for (const [at, value] of own.entries()) {
      apart = Math.max(apart, Math.abs(value - tensor.data[at]!));
      oursOff = Math.max(oursOff, Math.abs(value - precise[at]!));
      theirsOff = Math.max(theirsOff, Math.abs(tensor.data[at]! - precise[at]!));
    }
  }
  const { projSize, variant } = config;
  const options = [
    `${config.numLayers} layers`,
    ...(config.bidirectional ? ["bidirectional"] : config.reverseOnly === true ? ["reverse"] : []),
    ...(projSize > 0 ? ["projection"] : []),
    ...(variant.peephole ? ["peephole"] : []),
    ...(variant.clip === null ? [] : ["clip"]),
    ...(variant.coupledInputForget ? ["coupled"] : []),
    ...(variant.gateActivation.kind === "hard_sigmoid" ? ["hard sigmoid"] : []),
    ...(variant.resetAfter ? [] : ["reset before"]),
    ...(lengths === null ? [] : ["lengths"]),
  ];
  return {
    cell: config.cell,
    precision: inputs.precision === "f64" ? "f64" : "f32",
    by: projSize > 0 || inputs.precision === "f64" ? "Scan" : "operator",
    what: options.join(", "),
    apart,
    ours: oursOff,
    theirs: theirsOff,
  };
}
