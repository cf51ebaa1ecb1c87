/**
 * Where the input of an unrolled layer comes from: the steps of one value, or the states of a layer below.
 */
import type { Constant } from "../constants/constant";
import { intAttribute } from "../protobuf/graph";
import type { OnnxModel, Scope } from "../graph/model";
import { axesAfter, isArranging, operandOf, wayBack } from "../graph/trace";
import { Interpreter, type Effort } from "./interpreter";
import type { UnrolledLayer } from "./layers";
import { isStepOperator, type Values } from "./operators";
import type { Proof } from "./proof";
import { randomValues } from "./randomValues";

/** A layer that was proved. */
export interface ProvedLayer {
  readonly layer: UnrolledLayer;
  readonly proof: Proof;
}

/** A layer in one direction or both, the forward one first. */
export type Unit = readonly ProvedLayer[];

/** The input of a layer. */
export interface Source {
  /** Equal for two directions of a layer. */
  readonly key: string;
  /** The value that all steps are of. */
  readonly name: string | null;
  /** True where it has the batch first; null where that is not known. */
  readonly batchFirst: boolean | null;
  /** True where the first product reads the last step. */
  readonly isReverse: boolean;
}

/** The value whose steps a layer reads, by its own products. */
export async function sourceOf(
  model: OnnxModel,
  scope: Scope,
  { layer, proof }: ProvedLayer,
): Promise<Source> {
  const names = layer.inputs.map(({ placed }) => placed.node.inputs[0] ?? "");
  const [whole = ""] = names;
  if (proof.inputLayout !== "steps") {
    const isTurned = await isSwapped(model, scope, whole);
    const batchFirst = isTurned === null ? null : (proof.inputLayout === "BTI") !== isTurned;
    return { key: whole, name: whole, batchFirst, isReverse: proof.isReverse };
  }
  const taken = await Promise.all(names.map((name) => stepTaken(model, scope, name)));
  const [first] = taken;
  const count = names.length;
  const unknown = { key: [...names].sort().join("\n"), name: null, batchFirst: null };
  if (first == null || first.axis > 1) return { ...unknown, isReverse: false };
  const indices = taken.map((step) =>
    step?.name === first.name && step.axis === first.axis ? step.index : NaN,
  );
  const isForward = indices.every((index, step) => index === step);
  const isReverse = indices.every((index, step) => [count - 1 - step, -1 - step].includes(index));
  if (!isForward && !isReverse) return { ...unknown, isReverse: false };
  const isTurned = await isSwapped(model, scope, first.name);
  return {
    key: `${first.name}\n${first.axis}`,
    name: first.name,
    batchFirst: isTurned === null ? null : (first.axis === 1) !== isTurned,
    isReverse: !isForward,
  };
}

/** Whether Transposes exchange the first two axes between a model's input and a value; null where it is computed. */
async function isSwapped(model: OnnxModel, scope: Scope, name: string): Promise<boolean | null> {
  const { origin, steps } = wayBack(model, { scope, name }, isArranging);
  const axes = origin === null ? await axesAfter(model, ["0", "1", "2"], steps) : null;
  if (axes === null) return null;
  return axes[0] === "1" && axes[1] === "0";
}

interface StepTaken {
  readonly name: string;
  readonly axis: number;
  readonly index: number;
}

/** The one index that a value is taken at, and of what; null where it is something else. */
async function stepTaken(model: OnnxModel, scope: Scope, name: string): Promise<StepTaken | null> {
  const { origin } = wayBack(model, { scope, name }, isArranging);
  if (origin === null) return null;
  const { placed, output } = origin;
  const { node } = placed;
  const from = node.inputs[0] ?? "";
  if (node.operator === "Split") {
    return { name: from, axis: intAttribute(node, "axis", 0), index: output };
  }
  const integers = (input: number, attribute: string): Promise<readonly number[]> =>
    operandOf(model, placed, { input, attribute });
  if (node.operator === "Gather") {
    const [index, ...others] = await integers(1, "indices");
    const axis = intAttribute(node, "axis", 0);
    return index === undefined || others.length > 0 ? null : { name: from, axis, index };
  }
  if (node.operator !== "Slice") return null;
  const [index, ...others] = await integers(1, "starts");
  const [axis = 0] = await integers(3, "axes");
  return index === undefined || others.length > 0 ? null : { name: from, axis, index };
}

/** What the states of layers below are looked at with. */
export interface BelowFrame {
  readonly model: OnnxModel;
  readonly scope: Scope;
  readonly effort: Effort;
  readonly constants: Map<Constant, Values>;
  /** The layer that each state is of. */
  readonly ownerOf: ReadonlyMap<string, Unit>;
}

/**
 * The layer whose states, of all steps and of both directions side by side, are what a layer reads, as running it tells;
 * and whether it reads the last one first.
 */
export async function layerBelow(
  frame: BelowFrame,
  proved: ProvedLayer,
): Promise<{ readonly unit: Unit; readonly isReverse: boolean } | null> {
  const { layer, proof } = proved;
  const names = layer.inputs.map(({ placed }) => placed.node.inputs[0] ?? "");
  const owners = ownersOf(frame, names);
  const [unit] = owners;
  const steps = layer.states.length;
  if (unit === undefined || owners.size > 1) return null;
  if (unit.some((each) => each.layer.states.length !== steps)) return null;
  const interpreter = new Interpreter(frame.model, frame.scope, frame);
  const expected = giveStates(interpreter, unit, { steps, batch: proof.batch });
  const found = await stepsOf(interpreter, names, { steps, proof });
  if (found === null) return null;
  const isEqual = (other: readonly Float64Array[]): boolean =>
    found.every((values, step) => sameNumbers(values, other[step]));
  if (isEqual(expected)) return { unit, isReverse: proof.isReverse };
  const isTurned = names.length > 1 && isEqual([...expected].reverse());
  return isTurned ? { unit, isReverse: true } : null;
}

/** Values on the way from a layer to the states below it. */
const maxSeen = 2 ** 16;

function ownersOf({ model, scope, ownerOf }: BelowFrame, names: readonly string[]): Set<Unit> {
  const owners = new Set<Unit>();
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined && seen.size < maxSeen; name = open.pop()) {
    if (seen.has(name) || name === "") continue;
    seen.add(name);
    const owner = ownerOf.get(name);
    if (owner !== undefined) owners.add(owner);
    else if (model.constantNamed(scope, name) === null) {
      const node = scope.producers.get(name)?.placed.node;
      if (node !== undefined && isStepOperator(node)) open.push(...node.inputs);
    }
  }
  return owners;
}

/** Gives states of random numbers; returns those of each step in time, (B, D·H). */
function giveStates(
  interpreter: Interpreter,
  unit: Unit,
  { steps, batch }: { readonly steps: number; readonly batch: number },
): readonly Float64Array[] {
  const parts = unit.map(({ layer, proof }, direction) => {
    const { hidden, isReverse } = proof;
    const states = layer.states.map((name, step) => {
      const data = randomValues(batch * hidden, 1 + step + direction * steps);
      interpreter.give(name, { shape: proof.stateShapes[step] ?? [batch, hidden], data });
      return data;
    });
    return isReverse || direction === 1 ? states.reverse() : states;
  });
  return Array.from({ length: steps }, (_, step) => {
    const hidden = (parts[0]?.[step]?.length ?? 0) / batch;
    return Float64Array.from({ length: batch * hidden * parts.length }, (__, index) => {
      const row = Math.floor(index / (hidden * parts.length));
      const column = index % (hidden * parts.length);
      const part = parts[Math.floor(column / hidden)]?.[step];
      return part?.[row * hidden + (column % hidden)] ?? NaN;
    });
  });
}

/** What a layer reads at each step, (B, I). */
async function stepsOf(
  interpreter: Interpreter,
  names: readonly string[],
  { steps, proof }: { readonly steps: number; readonly proof: Proof },
): Promise<readonly Float64Array[] | null> {
  const { batch, features, inputLayout } = proof;
  const values: Float64Array[] = [];
  for (const name of names) {
    const value = await interpreter.of(name);
    if (value === null) return null;
    values.push(value.data);
  }
  const [whole] = values;
  if (inputLayout === "steps" || whole === undefined) return values;
  if (whole.length !== steps * batch * features) return null;
  return Array.from({ length: steps }, (_, step) =>
    Float64Array.from({ length: batch * features }, (__, index) => {
      const row = Math.floor(index / features);
      const place = inputLayout === "TBI" ? step * batch + row : row * steps + step;
      return whole[place * features + (index % features)] ?? NaN;
    }),
  );
}

function sameNumbers(left: Float64Array, right: Float64Array | undefined): boolean {
  return left.length === right?.length && left.every((value, index) => value === right[index]);
}
