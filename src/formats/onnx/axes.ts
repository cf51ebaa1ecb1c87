/**
 * Infers from the Transpose nodes around a recurrent node whether its module takes the batch first.
 */
import { intAttribute, type OnnxNode } from "./protobuf/graph";
import type { OnnxModel, PlacedNode, Scope } from "./graph/model";
import { axesAfter, isArranging, isRecurrent, wayBack, type Way } from "./graph/trace";

/** Operators that compute each step of each sequence for itself. */
const stepwise: ReadonlySet<string> = new Set([
  ...["Identity", "Dropout", "Cast", "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu", "Tanh"],
  ...["Sigmoid", "HardSigmoid", "Softplus", "Clip", "Erf", "Add", "Sub", "Mul", "Div", "Pow"],
  ...["Sqrt", "Neg", "MatMul", "LayerNormalization"],
]);

/** Limit of the nodes that are followed between a model's input and its first layer. */
const maxSteps = 32;

/** Recurrent nodes of layout 0 by what becomes of their output Y before anything computes with it. */
export interface TurnedOutputs {
  /** Y is turned so that the batch is first. */
  readonly swapped: ReadonlySet<PlacedNode>;
  /** The model gives Y with time first. */
  readonly kept: ReadonlySet<PlacedNode>;
}

/** True or false where the file tells; null where X is computed, or in and out are not alike. */
export async function batchFirstOf(
  model: OnnxModel,
  placed: PlacedNode,
  { swapped, kept }: TurnedOutputs,
): Promise<boolean | null> {
  const { node, scope } = placed;
  const way = wayBack(model, { scope, name: node.inputs[0] }, isArranging);
  const readsLayer = way.origin !== null && isRecurrent(way.origin.placed);
  const turns = way.steps
    .map((step) => step.placed.node)
    .filter(({ operator }) => operator === "Transpose");
  // Exporters put the directions of a layer below side by side by a Transpose of their own.
  const isSwapped =
    (readsLayer && isOdd(turns.filter(swapsLeading).length)) || (await swapsBoth(model, way));
  if (intAttribute(node, "layout", 0) === 1) return !isSwapped;
  if (isSwapped) return readsLayer && kept.has(placed) && !swapped.has(placed) ? null : true;
  if (turns.some((turn) => !readsLayer || permutation(turn).length !== 4)) return null;
  if (readsInput(model, scope, node)) return false;
  return swapped.has(placed) ? true : null;
}

/** True where Transposes exchange the first two axes of X. */
async function swapsBoth(model: OnnxModel, { steps }: Way): Promise<boolean> {
  const found = await axesAfter(model, ["0", "1", "2"], steps);
  return found !== null && found[0] === "1" && found[1] === "0";
}

function isOdd(count: number): boolean {
  return count % 2 === 1;
}

/** True where a value of the model's input is computed from the same step of it. */
function readsInput(model: OnnxModel, start: Scope, node: OnnxNode): boolean {
  let scope = start;
  let name = node.inputs[0];
  for (let step = 0; step < maxSteps; step += 1) {
    const producer = model.producerOf(scope, name);
    if (producer === null) return model.constantNamed(scope, name) === null;
    const { placed } = producer;
    const { operator, inputs } = placed.node;
    const [first, second] = inputs;
    const isTable = operator === "Gather" && model.constantNamed(placed.scope, first) !== null;
    if (!isTable && !stepwise.has(operator)) return false;
    const isConstant = isTable || model.constantNamed(placed.scope, first) !== null;
    name = isConstant ? second : first;
    ({ scope } = placed);
  }
  return false;
}

/** Looks along the Transposes of a model and its outputs. */
export function turnedOutputs(model: OnnxModel): TurnedOutputs {
  const [swapped, kept] = [new Set<PlacedNode>(), new Set<PlacedNode>()];
  const follow = (scope: Scope, name: string | undefined, last: readonly PlacedNode[]): void => {
    const { origin, steps } = wayBack(model, { scope, name }, isArranging);
    if (origin?.output !== 0 || !isRecurrent(origin.placed)) return;
    const turns = [...steps.map((step) => step.placed), ...last];
    const isSwapped = isOdd(turns.filter(({ node }) => swapsLeading(node)).length);
    if (isSwapped) swapped.add(origin.placed);
    else if (last.length === 0) kept.add(origin.placed);
  };
  for (const turn of model.layers) {
    if (turn.node.operator === "Transpose") follow(turn.scope, turn.node.inputs[0], [turn]);
  }
  for (const { scope, name } of model.outputs) follow(scope, name, []);
  return { swapped, kept };
}

/** Whether a Transpose of (T, B, H) or of Y, (T, D, B, H), brings B before T. */
function swapsLeading(node: OnnxNode): boolean {
  if (node.operator !== "Transpose") return false;
  const axes = permutation(node);
  const batch = axes.length === 4 ? 2 : 1;
  return axes.length >= 3 && axes.length <= 4 && axes.indexOf(batch) < axes.indexOf(0);
}

function permutation({ attributes }: OnnxNode): readonly number[] {
  return attributes.get("perm")?.ints ?? [];
}
