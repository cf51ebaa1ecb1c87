/**
 * Proves by running that an unrolled layer is a cell: the graph's own states on random inputs are the cell's.
 */
import { elementCount, type Shape } from "../../../tensor/tensor";
import type { Constant } from "../constant";
import type { OnnxModel, Scope } from "../model";
import { guessesFor, statesOf, type CellGuess, type CellInputs } from "./cells";
import { Interpreter, type Effort } from "./interpreter";
import type { UnrolledLayer } from "./layers";
import { product, type Values } from "./operators";
import { randomValues } from "./randomValues";

/** How the products of the input lie: one of (T, B, I) or of (B, T, I), or one of (B, I) for each step. */
export type InputLayout = "TBI" | "BTI" | "steps";

/** What was proved. */
export interface Proof extends CellGuess {
  readonly inputLayout: InputLayout;
  /** True where the first state is that of the last step. */
  readonly isReverse: boolean;
  readonly hidden: number;
  readonly features: number;
  /** Sequences of the run. */
  readonly batch: number;
  /** Shapes of the states in the graph: (B, H), or with axes of size 1. */
  readonly stateShapes: readonly Shape[];
  /** The input's and the state's. */
  readonly biases: readonly [Constant | null, Constant | null];
  /** The value that is c_0; null for zeros. */
  readonly initialCell: string | null;
  /** Largest difference of a state, of the largest state. */
  readonly error: number;
}

export interface ProofFrame {
  readonly model: OnnxModel;
  readonly scope: Scope;
  readonly effort: Effort;
  readonly constants: Map<Constant, Values>;
  readonly layer: UnrolledLayer;
  readonly biasOf: (product: UnrolledLayer["inputs"][number]) => Constant | null;
}

/** Both sides compute in float64: what is left is rounding, which grows over the steps. */
const maxError = 1e-6;

/** States that every guess is tried on: the second one depends on all gates. */
const screened = 2;

/** The cell that the layer is; null where no guess is right, or trying it is out of proportion. */
export async function prove(frame: ProofFrame): Promise<Proof | null> {
  const { layer } = frame;
  const [recurrent] = layer.chain;
  const [input] = layer.inputs;
  if (recurrent === undefined || input === undefined) return null;
  const sizes = sizesOf(recurrent, input);
  if (sizes === null) return null;
  for (const inputLayout of layer.inputs.length === 1 ? wholeLayouts : (["steps"] as const)) {
    for (const batch of batchesOf(frame, sizes)) {
      const run = await runGraph(frame, { ...sizes, inputLayout, batch });
      const proof = run === null ? null : matching(frame, run);
      if (proof !== null) return proof;
    }
  }
  return null;
}

const wholeLayouts = ["TBI", "BTI"] as const;

interface Sizes {
  readonly hidden: number;
  readonly gates: number;
  readonly features: number;
}

type Operand = UnrolledLayer["inputs"][number];

/** (features, G·H) and (H, G·H), G of 1, 3 or 4; null for others. */
function sizesOf(recurrent: Operand, input: Operand): Sizes | null {
  const sizes = ({ weight: { shape }, isTurned }: Operand): readonly number[] =>
    isTurned ? [...shape].reverse() : shape;
  const [hidden = 0, rows = 0] = sizes(recurrent);
  const [features = 0, others = 0] = sizes(input);
  const gates = rows / hidden;
  const fits = rows === others && features > 0 && guessesFor(gates).length > 0;
  return fits ? { hidden, gates, features } : null;
}

/** A graph may be made for one number of sequences: that of its constants. */
function batchesOf(
  { model, scope, layer }: ProofFrame,
  { hidden, gates }: Sizes,
): readonly number[] {
  const found = new Set<number>();
  const seen = new Set<string>();
  const open = layer.states.slice(0, screened + 1);
  for (let name = open.pop(); name !== undefined && seen.size < maxSeen; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const shape = model.constantNamed(scope, name)?.shape;
    if (shape === undefined) open.push(...dataInputs(scope, name));
    else if ([hidden, gates * hidden].includes(shape.at(-1) ?? 0)) found.add(shape.at(-2) ?? 0);
  }
  const sizes = [...found].filter((size) => size > 0 && size <= maxBatch);
  return [...new Set([...sizes, 2])].slice(0, 3);
}

/** The inputs of the node that gives a value, without the matrix of a product. */
function dataInputs(scope: Scope, name: string): readonly string[] {
  const node = scope.producers.get(name)?.placed.node;
  if (node === undefined) return [];
  const isProduct = node.operator === "MatMul" || node.operator === "Gemm";
  return isProduct ? node.inputs.slice(0, 1) : node.inputs;
}

/** Values that are looked at for the number of sequences. */
const maxSeen = 500;

/** More sequences than this are not run for a proof. */
const maxBatch = 64;

interface Run extends Sizes {
  readonly inputLayout: InputLayout;
  readonly batch: number;
  /** x of each step as the graph has it, (B, I). */
  readonly steps: readonly Float64Array[];
  readonly states: readonly Float64Array[];
  readonly stateShapes: readonly Shape[];
  readonly weights: readonly [input: Values, recurrent: Values];
  readonly biases: readonly [Float64Array, Float64Array];
  readonly h0: Float64Array | null;
  readonly leaf: { readonly name: string; readonly values: Float64Array } | null;
}

/** The graph's states on random inputs; null where they cannot be computed. */
async function runGraph(
  frame: ProofFrame,
  options: Sizes & Pick<Run, "inputLayout" | "batch">,
): Promise<Run | null> {
  const { layer } = frame;
  const interpreter = new Interpreter(frame.model, frame.scope, frame);
  const steps = giveInputs(interpreter, layer, options);
  const initial = await giveInitial(interpreter, layer, options);
  const computed = initial === null ? null : await computedStates(interpreter, layer, options);
  if (initial === null || computed === null) return null;
  const rows = options.gates * options.hidden;
  const input = await operandOf(frame, interpreter, layer.inputs[0], rows);
  const recurrent = await operandOf(frame, interpreter, layer.chain[0], rows);
  if (input === null || recurrent === null) return null;
  return {
    ...options,
    ...initial,
    ...computed,
    steps,
    weights: [input.weight, recurrent.weight],
    biases: [input.bias, recurrent.bias],
  };
}

async function computedStates(
  interpreter: Interpreter,
  { states: names }: UnrolledLayer,
  { batch, hidden }: Sizes & Pick<Run, "batch">,
): Promise<Pick<Run, "states" | "stateShapes"> | null> {
  const states: Float64Array[] = [];
  const stateShapes: Shape[] = [];
  for (const name of names) {
    const state = await interpreter.of(name);
    if (state?.data.length !== batch * hidden || state.shape.at(-1) !== hidden) return null;
    states.push(state.data);
    stateShapes.push(state.shape);
  }
  return { states, stateShapes };
}

/** A matrix and the bias that is added to its product: zeros where there is none. */
async function operandOf(
  { biasOf }: ProofFrame,
  interpreter: Interpreter,
  operand: Operand | undefined,
  rows: number,
): Promise<{ readonly weight: Values; readonly bias: Float64Array } | null> {
  const weight = operand === undefined ? null : await interpreter.read(operand.weight);
  if (operand === undefined || weight === null) return null;
  const constant = biasOf(operand);
  if (constant === null) return { weight, bias: new Float64Array(rows) };
  const bias = await interpreter.read(constant);
  return bias?.data.length === rows ? { weight, bias: bias.data } : null;
}

/** Gives the input, or those of all steps; returns x of each step. */
function giveInputs(
  interpreter: Interpreter,
  { inputs, states }: UnrolledLayer,
  { inputLayout, batch, features }: Sizes & Pick<Run, "inputLayout" | "batch">,
): readonly Float64Array[] {
  const steps = states.map((_, step) => randomValues(batch * features, step + 1));
  if (inputLayout === "steps") {
    for (const [step, { placed }] of inputs.entries()) {
      const data = steps[step] ?? new Float64Array();
      interpreter.give(placed.node.inputs[0] ?? "", { shape: [batch, features], data });
    }
    return steps;
  }
  const data = new Float64Array(steps.length * batch * features);
  for (const [step, values] of steps.entries()) {
    for (let row = 0; row < batch; row += 1) {
      const to = inputLayout === "TBI" ? step * batch + row : row * steps.length + step;
      data.set(values.subarray(row * features, (row + 1) * features), to * features);
    }
  }
  const shape =
    inputLayout === "TBI" ? [steps.length, batch, features] : [batch, steps.length, features];
  interpreter.give(inputs[0]?.placed.node.inputs[0] ?? "", { shape, data });
  return steps;
}

/** Gives initial states that the graph is given, and reads those that it has; null where there are others. */
async function giveInitial(
  interpreter: Interpreter,
  { initial, leaves }: UnrolledLayer,
  { batch, hidden }: Sizes & Pick<Run, "batch">,
): Promise<Pick<Run, "h0" | "leaf"> | null> {
  const size = batch * hidden;
  const shape = [batch, hidden];
  const others = new Set(leaves.filter((name) => name !== initial));
  const [name] = others;
  if (others.size > 1) return null;
  const leaf = name === undefined ? null : { name, values: randomValues(size, -2) };
  if (leaf !== null) interpreter.give(leaf.name, { shape, data: leaf.values });
  if (initial === null) return { h0: null, leaf };
  const own = await interpreter.of(initial);
  if (own !== null) {
    if (elementCount(own.shape) === size) return { h0: own.data, leaf };
    return null;
  }
  const h0 = randomValues(size, -1);
  interpreter.give(initial, { shape, data: h0 });
  return { h0, leaf };
}

/** The first guess whose states are those of the graph. */
function matching(frame: ProofFrame, run: Run): Proof | null {
  const { inputLayout, hidden, features, batch, stateShapes } = run;
  const [input, recurrent] = [frame.layer.inputs[0], frame.layer.chain[0]];
  if (input === undefined || recurrent === undefined) return null;
  for (const isReverse of inputLayout === "steps" ? [false] : [false, true]) {
    const inputs = cellInputs(run, { input, recurrent, isReverse });
    if (inputs === null) return null;
    const found = bestGuess(frame, run, inputs);
    if (found === null) continue;
    return {
      ...found,
      ...{ inputLayout, isReverse, hidden, features, batch, stateShapes },
      biases: [frame.biasOf(input), frame.biasOf(recurrent)],
    };
  }
  return null;
}

/** The first guess and beginning that give the graph's states. */
function bestGuess(
  frame: ProofFrame,
  run: Run,
  inputs: CellInputs,
): (CellGuess & Pick<Proof, "initialCell" | "error">) | null {
  for (const guess of guessesFor(run.gates)) {
    for (const { name, c0 } of beginnings(frame, run, guess)) {
      const error = errorOfGuess(guess, { ...inputs, c0 }, run.states);
      if (error <= maxError) return { ...guess, initialCell: name, error };
    }
  }
  return null;
}

/** What c_0 may be: what the graph is given besides; or else zeros, or h_0. Cells without c have none. */
function beginnings(
  { layer }: ProofFrame,
  { leaf, h0 }: Run,
  { cell }: CellGuess,
): readonly { readonly name: string | null; readonly c0: Float64Array | null }[] {
  const zeros = { name: null, c0: null };
  if (cell !== "LSTM") return leaf === null ? [zeros] : [];
  if (leaf !== null) return [{ name: leaf.name, c0: leaf.values }];
  return h0 === null ? [zeros] : [zeros, { name: layer.initial, c0: h0 }];
}

/** Of all steps, where the first ones are right. */
function errorOfGuess(
  guess: CellGuess,
  inputs: CellInputs,
  states: readonly Float64Array[],
): number {
  const error = errorOf(states, statesOf(guess, inputs, screened));
  return error <= maxError ? errorOf(states, statesOf(guess, inputs, states.length)) : NaN;
}

function cellInputs(
  { steps, weights: [w, r], biases: [bias, recurrentBias], batch, ...run }: Run,
  sides: { readonly input: Operand; readonly recurrent: Operand; readonly isReverse: boolean },
): CellInputs | null {
  const ordered = sides.isReverse ? [...steps].reverse() : steps;
  const projected: Float64Array[] = [];
  for (const data of ordered) {
    const result = product({ shape: [batch, run.features], data }, w, sides.input.isTurned);
    if (result === null) return null;
    projected.push(result.data.map((value, index) => value + (bias[index % bias.length] ?? 0)));
  }
  return {
    projected,
    weight: r,
    isTurned: sides.recurrent.isTurned,
    bias: recurrentBias,
    batch,
    hidden: run.hidden,
    h0: run.h0,
    c0: null,
  };
}

/** The largest difference in the states that both have, as a part of the largest state; NaN where one is not a number. */
function errorOf(ours: readonly Float64Array[], theirs: readonly Float64Array[]): number {
  let [difference, largest] = [0, 1];
  for (const [step, state] of theirs.entries()) {
    for (const [index, value] of state.entries()) {
      const expected = ours[step]?.[index] ?? NaN;
      const error = Math.abs(value - expected);
      if (!Number.isFinite(error)) return NaN;
      difference = Math.max(difference, error);
      largest = Math.max(largest, Math.abs(expected));
    }
  }
  return theirs.length === 0 ? NaN : difference / largest;
}
