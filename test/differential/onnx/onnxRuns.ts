/** Random runs of every cell and option through our engines and through ONNX Runtime, and how far both are from float64. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { renderText } from "../../../src/core/text";
import { numDirections, pytorchVariant, stateSize } from "../../../src/model/config";
import type { CellKind, CellVariant, RecurrentConfig } from "../../../src/model/config";
import { expectedParameters } from "../../../src/model/parameters";
import { outputShapes } from "../../../src/model/sequence";
import { directionIndexOf } from "../../../src/model/directions";
import type { ForwardInput } from "../../../src/engine/base/engine";
import type { ForwardTrace, StateName } from "../../../src/engine/base/trace";
import { isGate } from "../../../src/model/stateNames";
import { createOnnxEngine } from "../../../src/reference/onnx/engine";
import type {
  AnsweredState,
  ReferenceAnswer,
  ReferenceEngine,
} from "../../../src/reference/engine";
import { forward } from "../../../src/run/forward";
import { createRecomputer, type StepRecomputer } from "../../../src/engine/recompute";
import { prepareRun, type RunInputs } from "../../../src/run/inputs";
import { elementCount, type Shape, type Tensor } from "../../../src/tensor/tensor";
import { gateOrder } from "../../../src/model/gates";
import { PythonEngine } from "../../../src/node/python/engine";
import { python } from "../../unit/support/python/python";
import { servingScript } from "../../unit/support/python/pythonRuns";
import { directOnnxRuntime } from "../../unit/support/onnxRuntime";
import { largestDistance, numbersFrom } from "../../unit/support/runs";

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
  /** The same of live PyTorch; null where it was not asked. */
  readonly torch: EngineErrors | null;
}

/** Of one engine: its largest distance from ours, and from float64. */
interface EngineErrors {
  readonly apart: number;
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
  const cell = (["RNN", "LSTM", "GRU"] as const)[between(next, 0, 2)] ?? "RNN";
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
  const head = (["last", "every", "h_n"] as const)[between(next, 0, 2)] ?? "last";
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

/** Runs it in ONNX Runtime, and in live PyTorch where an engine of that is given, and compares every state. */
export async function onnxRunErrors(
  inputs: RunInputs,
  torch: ReferenceEngine | null = null,
): Promise<OnnxRunErrors> {
  const { run } = prepareRun(inputs);
  const ours = forward(run);
  const exact = forward({ ...run, precision: "f64" });
  const frame = { run, ours, exact, gates: createRecomputer(run, ours) };
  const { apart, theirs, own } = errorsOfAnswer(frame, await onnxAnswer(inputs));
  const { config, lengths } = run;
  const beside = torch === null ? null : errorsOfAnswer(frame, await torchAnswer(torch, inputs));
  return {
    cell: config.cell,
    precision: inputs.precision === "f64" ? "f64" : "f32",
    by: config.projSize > 0 || inputs.precision === "f64" ? "Scan" : "operator",
    what: optionsText(config, lengths),
    apart,
    ours: own,
    theirs,
    torch: beside,
  };
}

/** The live PyTorch of an interpreter. */
export function createTorchEngine(storage: string): PythonEngine {
  return new PythonEngine("pytorch", { script: servingScript, storage });
}

async function torchAnswer(engine: ReferenceEngine, inputs: RunInputs): Promise<ReferenceAnswer> {
  const choice = { id: "pytorch", interpreter: python } as const;
  const outcome = await engine.run({ choice, inputs, file: null }, noControl);
  assert.ok(outcome.kind === "answer", "sentence" in outcome ? renderText(outcome.sentence) : "");
  return outcome;
}

/** Our run, in its precision and in float64, and its gates. */
interface RunFrame {
  readonly run: ForwardInput;
  readonly ours: ForwardTrace;
  readonly exact: ForwardTrace;
  readonly gates: StepRecomputer;
}

/** Largest differences over all states and gates that an engine has given. */
function errorsOfAnswer(
  { run, ours, exact, gates }: RunFrame,
  answer: ReferenceAnswer,
): EngineErrors & { readonly own: number } {
  let [apart, own, theirs] = [0, 0, 0];
  for (const state of answer.states) {
    const lane = {
      layer: state.layer,
      directionIndex: directionIndexOf(run.config, state.direction),
    };
    const values = state.tensor.data;
    if (isGate(state.quantity)) {
      apart = Math.max(apart, gatesApart(run, gates, state));
      continue;
    }
    const name = state.quantity as StateName;
    const found = ours.read(name, lane, 0, run.seqLength).slice();
    const precise = exact.read(name, lane, 0, run.seqLength);
    assert.equal(values.length, found.length);
    apart = Math.max(apart, largestDistance(found, values));
    own = Math.max(own, largestDistance(found, precise));
    theirs = Math.max(theirs, largestDistance(values, precise));
  }
  return { apart, own, theirs };
}

/** Largest difference of a gate from ours, over the steps that are no padding. */
function gatesApart(
  { config, seqLength, batchSize, lengths }: ForwardInput,
  recomputer: StepRecomputer,
  { layer, direction, quantity, tensor }: AnsweredState,
): number {
  const units = tensor.shape[2] ?? 0;
  const from = gateOrder[config.cell].indexOf(quantity) * units;
  let most = 0;
  for (let row = 0; row < seqLength * batchSize; row++) {
    const [step, batch] = [Math.floor(row / batchSize), row % batchSize];
    if (step >= (lengths?.[batch] ?? seqLength)) continue;
    const found = recomputer.step({ layer, direction, step, batch })?.record.gates ?? [];
    const theirs = tensor.data.subarray(row * units, (row + 1) * units);
    most = Math.max(most, largestDistance(found.slice(from, from + units), theirs));
  }
  return most;
}

function optionsText(config: RecurrentConfig, lengths: readonly number[] | null): string {
  const { projSize, variant, numLayers, bidirectional, reverseOnly } = config;
  const given: readonly (readonly [boolean, string])[] = [
    [bidirectional, "bidirectional"],
    [reverseOnly === true, "reverse"],
    [projSize > 0, "projection"],
    [variant.peephole, "peephole"],
    [variant.clip !== null, "clip"],
    [variant.coupledInputForget, "coupled"],
    [variant.gateActivation.kind === "hard_sigmoid", "hard sigmoid"],
    [!variant.resetAfter, "reset before"],
    [lengths !== null, "lengths"],
  ];
  return [`${numLayers} layers`, ...given.flatMap(([is, word]) => (is ? [word] : []))].join(", ");
}
