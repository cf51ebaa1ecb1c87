/**
 * Recurrent nodes of a graph, and the Gather before and the Gemm or MatMul after them, as records.
 *
 * Spec: onnx.ai/onnx/operators, RNN, GRU and LSTM of opset 1 to 22, all attributes.
 */
import { text } from "../text";
import type { DeclaredModule, OnnxLayer, OnnxRecurrent } from "./declared";
import type { NoteList } from "./notes";
import type { Constant } from "./onnxConstant";
import { placedName, type OnnxModel, type PlacedNode } from "./onnxModel";
import {
  axesAfter,
  isArranging,
  isArrangingOrSelecting,
  isRecurrent,
  layerBelow,
  wayBack,
} from "./onnxTrace";

/** Layers that are described; each is looked for among the nodes around it. */
const maxDeclared = 1024;

/** The activations of an operator's node that has none, of one direction. */
const defaultActivations = {
  RNN: ["Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
} as const;

/** Where a node's weights, bias and peepholes are among its inputs. */
const inputsOf = { x: 0, w: 1, r: 2, b: 3, p: 7 } as const;

/** What a model declares, in the order of its nodes. */
export async function declaredModules(
  model: OnnxModel,
  notes: NoteList,
): Promise<readonly DeclaredModule[]> {
  const recurrent = new Map<PlacedNode, OnnxRecurrent>();
  const embeddings = new Map<PlacedNode, OnnxLayer>();
  for (const placed of model.layers.filter(isRecurrent).slice(0, maxDeclared)) {
    const record = await recurrentRecord(model, placed, recurrent);
    if (record === null) {
      const name = placedName(placed);
      notes.add(text("{0}: its weights are not in the file, but inputs of the model", name));
      continue;
    }
    recurrent.set(placed, record);
    const embedding = embeddingBefore(model, placed);
    if (embedding !== null) embeddings.set(embedding.placed, embedding.record);
  }
  const linears = linearsAfter(model, recurrent);
  return [...embeddings.values(), ...recurrent.values(), ...linears];
}

async function recurrentRecord(
  model: OnnxModel,
  placed: PlacedNode,
  known: ReadonlyMap<PlacedNode, OnnxRecurrent>,
): Promise<OnnxRecurrent | null> {
  const { node, scope } = placed;
  const operand = (input: keyof typeof inputsOf): Constant | null =>
    model.constantNamed(scope, node.inputs[inputsOf[input]]);
  const [w, r, b, p] = [operand("w"), operand("r"), operand("b"), operand("p")];
  if (w === null || r === null) return null;
  const nameOf = (constant: Constant): string => model.entryOf(constant, scope).name;
  const below = await layerBelow(model, { scope, name: node.inputs[inputsOf.x] });
  const isStack = below !== null && readsAllSteps(placed, below.axes);
  const attributes = attributesOf(placed);
  return {
    ...{ framework: "onnx", kind: "recurrent", name: uniqueName(placed, known) },
    ...attributes,
    hiddenSize: node.attributes.get("hidden_size")?.int ?? r.shape[2] ?? 0,
    inputTransposed: await isTransposed(model, placed),
    ...{ w: nameOf(w), r: nameOf(r) },
    b: b === null ? null : nameOf(b),
    p: attributes.cell !== "LSTM" || p === null ? null : nameOf(p),
    below: isStack ? (known.get(below.placed)?.name ?? null) : null,
  };
}

type Attributes = Omit<
  OnnxRecurrent,
  | ("framework" | "kind" | "name" | "hiddenSize" | "inputTransposed")
  | ("w" | "r" | "b" | "p" | "below")
>;

function attributesOf({ node: { operator, attributes } }: PlacedNode): Attributes {
  const cell = operator === "RNN" || operator === "GRU" ? operator : "LSTM";
  const direction = attributes.get("direction")?.string?.toLowerCase();
  const isBidirectional = direction === "bidirectional";
  const defaults = defaultActivations[cell];
  const written = attributes.get("activations")?.strings ?? [];
  const flag = (name: string): boolean => (attributes.get(name)?.int ?? 0) !== 0;
  return {
    cell,
    direction: isBidirectional || direction === "reverse" ? direction : "forward",
    activations:
      written.length > 0 ? written : isBidirectional ? [...defaults, ...defaults] : defaults,
    activationAlpha: attributes.get("activation_alpha")?.floats ?? [],
    activationBeta: attributes.get("activation_beta")?.floats ?? [],
    clip: attributes.get("clip")?.float ?? null,
    inputForget: flag("input_forget"),
    linearBeforeReset: flag("linear_before_reset"),
    layout: flag("layout") ? 1 : 0,
  };
}

/** True where the value arrives as X has to be: (T, B, features), or (B, T, features) in layout 1. */
function readsAllSteps({ node }: PlacedNode, axes: readonly string[] | null): boolean {
  if (axes === null) return true;
  const leading = node.attributes.get("layout")?.int === 1 ? "BT" : "TB";
  return axes.length === 3 && axes[0] === leading[0] && axes[1] === leading[1];
}

/** True where Transposes before the node exchange the first two axes of X. */
async function isTransposed(model: OnnxModel, { node, scope }: PlacedNode): Promise<boolean> {
  const way = wayBack(model, { scope, name: node.inputs[inputsOf.x] }, isArranging);
  const found = await axesAfter(model, ["0", "1", "2"], way.steps);
  return found !== null && found[0] === "1" && found[1] === "0";
}

/** The Gather from a table by what comes into the model that gives X. */
function embeddingBefore(
  model: OnnxModel,
  { node, scope }: PlacedNode,
): { readonly placed: PlacedNode; readonly record: OnnxLayer } | null {
  const { origin } = wayBack(model, { scope, name: node.inputs[inputsOf.x] }, isArranging);
  if (origin?.placed.node.operator !== "Gather") return null;
  const { placed } = origin;
  const table = model.constantNamed(placed.scope, placed.node.inputs[0]);
  const isTable = table?.shape.length === 2 && table.dtype.includes("float");
  if (!isTable || (placed.node.attributes.get("axis")?.int ?? 0) !== 0) return null;
  const weight = model.entryOf(table, placed.scope).name;
  const name = fullName(placed);
  const kind = { framework: "onnx", kind: "embedding" } as const;
  return { placed, record: { ...kind, name, weight, bias: null, transposed: false } };
}

/** Gemm and MatMul by a constant matrix that read a recurrent node's outputs, or parts of them. */
function linearsAfter(
  model: OnnxModel,
  recurrent: ReadonlyMap<PlacedNode, OnnxRecurrent>,
): readonly OnnxLayer[] {
  const biases = biasesOfProducts(model);
  const found: OnnxLayer[] = [];
  for (const placed of model.layers) {
    if (found.length >= maxDeclared) break;
    const linear = linearRecord(model, placed, biases);
    if (linear !== null && readsRecurrent(model, placed, recurrent)) found.push(linear);
  }
  return found;
}

/** What is added to each MatMul. */
function biasesOfProducts(model: OnnxModel): ReadonlyMap<PlacedNode, Constant> {
  const biases = new Map<PlacedNode, Constant>();
  for (const { node, scope } of model.layers) {
    if (node.operator !== "Add") continue;
    for (const [index, name] of node.inputs.slice(0, 2).entries()) {
      const product = model.producerOf(scope, name)?.placed;
      const bias = model.constantNamed(scope, node.inputs[1 - index]);
      if (product?.node.operator === "MatMul" && bias?.shape.length === 1) {
        biases.set(product, bias);
      }
    }
  }
  return biases;
}

function linearRecord(
  model: OnnxModel,
  placed: PlacedNode,
  biases: ReadonlyMap<PlacedNode, Constant>,
): OnnxLayer | null {
  const { node, scope } = placed;
  if (node.operator !== "Gemm" && node.operator !== "MatMul") return null;
  const weight = model.constantNamed(scope, node.inputs[1]);
  if (weight?.shape.length !== 2) return null;
  const isGemm = node.operator === "Gemm";
  const isScaled = [
    ["alpha", 1],
    ["beta", 1],
  ].some(([key, one]) => (node.attributes.get(String(key))?.float ?? one) !== one);
  if (isScaled || (node.attributes.get("transA")?.int ?? 0) !== 0) return null;
  const transposed = !isGemm || (node.attributes.get("transB")?.int ?? 0) === 0;
  const bias = isGemm ? model.constantNamed(scope, node.inputs[2]) : (biases.get(placed) ?? null);
  const out = weight.shape[transposed ? 1 : 0];
  const isBias = bias?.shape.length === 1 && bias.shape[0] === out;
  return {
    ...{ framework: "onnx", kind: "linear", name: fullName(placed), transposed },
    weight: model.entryOf(weight, scope).name,
    bias: isBias ? model.entryOf(bias, scope).name : null,
  };
}

function readsRecurrent(
  model: OnnxModel,
  { node, scope }: PlacedNode,
  recurrent: ReadonlyMap<PlacedNode, OnnxRecurrent>,
): boolean {
  const start = { scope, name: node.inputs[0] };
  const { origin } = wayBack(model, start, isArrangingOrSelecting);
  if (origin === null) return false;
  const { placed } = origin;
  if (placed.node.operator !== "Concat") return recurrent.has(placed);
  return placed.node.inputs.some((name) => {
    const part = wayBack(model, { scope: placed.scope, name }, isArrangingOrSelecting);
    return part.origin !== null && recurrent.has(part.origin.placed);
  });
}

/** Names of nodes should be unique and need not be. */
function uniqueName(placed: PlacedNode, known: ReadonlyMap<PlacedNode, OnnxRecurrent>): string {
  const name = fullName(placed);
  const isTaken = [...known.values()].some((record) => record.name === name);
  return isTaken ? `${name}#${placed.index}` : name;
}

/** A node's name behind those of the nodes around its graph. */
function fullName(placed: PlacedNode): string {
  return placed.scope.path + placedName(placed);
}
