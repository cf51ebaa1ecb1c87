/**
 * Proves by running that an unrolled layer is a cell: the graph's own states on random inputs are the cell's.
 */
import type { Shape } from "../../../tensor/tensor";
import type { Constant } from "../constants/constant";
import type { Scope } from "../graph/model";
import { guessesFor, statesOf, type CellGuess, type CellInputs } from "./cells";
import { product } from "./operators";
import {
  runGraph,
  type GraphRun,
  type InputLayout,
  type Operand,
  type ProofFrame,
  type Sizes,
} from "./graphRun";

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

/** The first guess whose states are those of the graph. */
function matching(frame: ProofFrame, run: GraphRun): Proof | null {
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
  run: GraphRun,
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
  { leaf, h0 }: GraphRun,
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
  { steps, weights: [w, r], biases: [bias, recurrentBias], batch, ...run }: GraphRun,
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
