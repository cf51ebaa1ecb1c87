/**
 * Runs the graph of an unrolled layer on random inputs, and takes its states.
 */
import { elementCount, type Shape } from "../../../tensor/tensor";
import type { Constant } from "../constants/constant";
import type { OnnxModel, Scope } from "../graph/model";
import { Interpreter, type Effort } from "./interpreter";
import type { UnrolledLayer } from "./layers";
import type { Values } from "./operators";
import { randomValues } from "./randomValues";

/** How the products of the input lie: one of (T, B, I) or of (B, T, I), or one of (B, I) for each step. */
export type InputLayout = "TBI" | "BTI" | "steps";

/** A layer that is to be proved, in its graph. */
export interface ProofFrame {
  readonly model: OnnxModel;
  readonly scope: Scope;
  readonly effort: Effort;
  readonly constants: Map<Constant, Values>;
  readonly layer: UnrolledLayer;
  readonly biasOf: (product: UnrolledLayer["inputs"][number]) => Constant | null;
}

/** Of a cell: units, blocks of its matrices, features of its input. */
export interface Sizes {
  readonly hidden: number;
  readonly gates: number;
  readonly features: number;
}

/** A product of the chain or of the input, with its matrix. */
export type Operand = UnrolledLayer["inputs"][number];

/** What a graph computed, and what it was given. */
export interface GraphRun extends Sizes {
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
export async function runGraph(
  frame: ProofFrame,
  options: Sizes & Pick<GraphRun, "inputLayout" | "batch">,
): Promise<GraphRun | null> {
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
  { batch, hidden }: Sizes & Pick<GraphRun, "batch">,
): Promise<Pick<GraphRun, "states" | "stateShapes"> | null> {
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
  { inputLayout, batch, features }: Sizes & Pick<GraphRun, "inputLayout" | "batch">,
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
  { batch, hidden }: Sizes & Pick<GraphRun, "batch">,
): Promise<Pick<GraphRun, "h0" | "leaf"> | null> {
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
