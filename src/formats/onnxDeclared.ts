/**
 * Recurrent nodes of a graph, and the Gather before and the Gemm or MatMul after them, as records.
 *
 * Spec: onnx.ai/onnx/operators, RNN, GRU and LSTM of opset 1 to 22, all attributes.
 */
import { formatShape, sameShape, type Shape } from "../tensor/tensor";
import { text, type Text } from "../text";
import type { DeclaredModule, OnnxLayer, OnnxRecurrent } from "./declared";
import type { NoteList } from "./notes";
import type { Constant } from "./onnxConstant";
import { intAttribute, type OnnxAttribute } from "./onnxGraph";
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

/** What a model declares, in the order of its nodes. */
export async function declaredModules(
  model: OnnxModel,
  notes: NoteList,
): Promise<readonly DeclaredModule[]> {
  const recurrent = new Map<PlacedNode, OnnxRecurrent>();
  const embeddings = new Map<PlacedNode, OnnxLayer>();
  for (const placed of model.layers.filter(isRecurrent).slice(0, maxDeclared)) {
    const record = await recurrentRecord(model, placed, recurrent);
    if (!("framework" in record)) {
      notes.add(record);
      continue;
    }
    recurrent.set(placed, record);
    const embedding = embeddingBefore(model, placed);
    if (embedding !== null) embeddings.set(embedding.placed, embedding.record);
  }
  const linears = linearsAfter(model, recurrent);
  return [...embeddings.values(), ...recurrent.values(), ...linears];
}

/** What a recurrent node reads; null for what it has not, or what is computed from the model's inputs. */
type Operands = Readonly<Record<"w" | "r" | "b" | "p", Constant | null>>;

async function recurrentRecord(
  model: OnnxModel,
  placed: PlacedNode,
  known: ReadonlyMap<PlacedNode, OnnxRecurrent>,
): Promise<OnnxRecurrent | Text> {
  const { node, scope } = placed;
  const operand = (index: number): Constant | null =>
    model.constantNamed(scope, node.inputs[index]);
  const operands = { w: operand(1), r: operand(2), b: operand(3), p: operand(7) };
  const { w, r, b, p } = operands;
  if (w === null || r === null) {
    return text("{0}: its weights are not in the file, but inputs of the model", fullName(placed));
  }
  const attributes = attributesOf(placed);
  const hiddenSize = node.attributes.get("hidden_size")?.int ?? r.shape[2] ?? 0;
  const clash = shapeClash({ ...attributes, hiddenSize }, operands);
  if (clash !== null) return text("{0}: {1}", fullName(placed), clash);
  const nameOf = (constant: Constant): string => model.entryOf(constant, scope).name;
  return {
    ...{ framework: "onnx", kind: "recurrent", name: uniqueName(placed, known) },
    ...{ ...attributes, hiddenSize, inputTransposed: await isTransposed(model, placed) },
    ...{ w: nameOf(w), r: nameOf(r), b: b === null ? null : nameOf(b) },
    p: attributes.cell !== "LSTM" || p === null ? null : nameOf(p),
    below: await nameBelow(model, placed, known),
  };
}

/** How the shapes of W (D, G·H, I), R (D, G·H, H), B (D, 2·G·H) and P (D, 3·H) do not fit together; null where they do. */
function shapeClash(
  { cell, direction, hiddenSize }: Pick<OnnxRecurrent, "cell" | "direction" | "hiddenSize">,
  { w, r, b, p }: Operands,
): Text | null {
  const directions = direction === "bidirectional" ? 2 : 1;
  const rows = { RNN: 1, GRU: 3, LSTM: 4 }[cell] * hiddenSize;
  const expected: readonly (readonly [string, Constant | null, Shape])[] = [
    ["W", w, [directions, rows, w?.shape[2] ?? 0]],
    ["R", r, [directions, rows, hiddenSize]],
    ["B", b, [directions, 2 * rows]],
    ["P", cell === "LSTM" ? p : null, [directions, 3 * hiddenSize]],
  ];
  for (const [input, constant, shape] of expected) {
    if (constant === null || sameShape(constant.shape, shape)) continue;
    const found = formatShape(constant.shape);
    return text("its {0} has shape {1}, expected {2}", input, found, formatShape(shape));
  }
  return null;
}

/** The recurrent node whose output a node reads as it is; null where it reads something else. */
async function nameBelow(
  model: OnnxModel,
  placed: PlacedNode,
  known: ReadonlyMap<PlacedNode, OnnxRecurrent>,
): Promise<string | null> {
  const { scope, node } = placed;
  const below = await layerBelow(model, { scope, name: node.inputs[0] });
  if (below === null || !readsAllSteps(placed, below.axes)) return null;
  return known.get(below.placed)?.name ?? null;
}

type Attributes = Omit<
  OnnxRecurrent,
  | ("framework" | "kind" | "name" | "hiddenSize" | "inputTransposed")
  | ("w" | "r" | "b" | "p" | "below")
>;

function attributesOf({ node: { operator, attributes } }: PlacedNode): Attributes {
  const cell = operator === "RNN" || operator === "GRU" ? operator : "LSTM";
  const direction = directionOf(attributes.get("direction")?.string ?? null);
  const defaults = defaultActivations[cell];
  const flag = (name: string): boolean => intAttribute({ attributes }, name, 0) !== 0;
  const listed = <Key extends "strings" | "floats">(name: string, key: Key): OnnxAttribute[Key] =>
    attributes.get(name)?.[key] ?? noAttribute[key];
  const written = listed("activations", "strings");
  const usual = direction === "bidirectional" ? [...defaults, ...defaults] : defaults;
  return {
    ...{ cell, direction, activations: written.length > 0 ? written : usual },
    activationAlpha: listed("activation_alpha", "floats"),
    activationBeta: listed("activation_beta", "floats"),
    clip: attributes.get("clip")?.float ?? null,
    inputForget: flag("input_forget"),
    linearBeforeReset: flag("linear_before_reset"),
    layout: flag("layout") ? 1 : 0,
  };
}

const noAttribute = { strings: [], floats: [] } as const;

/** Names are compared without regard to case, as ONNX Runtime does. */
function directionOf(written: string | null): OnnxRecurrent["direction"] {
  const direction = written?.toLowerCase();
  return direction === "reverse" || direction === "bidirectional" ? direction : "forward";
}

/** True where the value arrives as X has to be: (T, B, features), or (B, T, features) in layout 1. */
function readsAllSteps({ node }: PlacedNode, axes: readonly string[] | null): boolean {
  if (axes === null) return true;
  const leading = intAttribute(node, "layout", 0) === 1 ? "BT" : "TB";
  return axes.length === 3 && axes[0] === leading[0] && axes[1] === leading[1];
}

/** True where Transposes before the node exchange the first two axes of X. */
async function isTransposed(model: OnnxModel, { node, scope }: PlacedNode): Promise<boolean> {
  const way = wayBack(model, { scope, name: node.inputs[0] }, isArranging);
  const found = await axesAfter(model, ["0", "1", "2"], way.steps);
  return found !== null && found[0] === "1" && found[1] === "0";
}

/** The Gather from a table by what comes into the model that gives X. */
function embeddingBefore(
  model: OnnxModel,
  { node, scope }: PlacedNode,
): { readonly placed: PlacedNode; readonly record: OnnxLayer } | null {
  const { origin } = wayBack(model, { scope, name: node.inputs[0] }, isArranging);
  if (origin?.placed.node.operator !== "Gather") return null;
  const { placed } = origin;
  const table = model.constantNamed(placed.scope, placed.node.inputs[0]);
  const isTable = table?.shape.length === 2 && table.dtype.includes("float");
  if (!isTable || intAttribute(placed.node, "axis", 0) !== 0) return null;
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
  const weight = model.constantNamed(scope, node.inputs[1]);
  if (weight?.shape.length !== 2 || !isProduct(placed)) return null;
  const isGemm = node.operator === "Gemm";
  const isTurned = !isGemm || intAttribute(node, "transB", 0) === 0;
  const added = isGemm ? model.constantNamed(scope, node.inputs[2]) : biases.get(placed);
  const out = weight.shape[isTurned ? 1 : 0] ?? 0;
  const bias = added != null && sameShape(added.shape, [out]) ? added : null;
  // Exporters turn nn.Linear's matrix before a MatMul: the file has it as it was.
  const turned = model.transposeOf(weight);
  const source = turned ?? model.entryOf(weight, scope);
  return {
    ...{ framework: "onnx", kind: "linear", name: fullName(placed), weight: source.name },
    bias: bias !== null ? model.entryOf(bias, scope).name : null,
    transposed: isTurned === (turned === null),
  };
}

/** True for x·W + b, whatever its order of axes: Gemm without factors, MatMul. */
function isProduct({ node: { operator, attributes } }: PlacedNode): boolean {
  if (operator === "MatMul") return true;
  const factors = ["alpha", "beta"].map((key) => attributes.get(key)?.float ?? 1);
  const isPlain = factors.every((factor) => factor === 1);
  return operator === "Gemm" && isPlain && intAttribute({ attributes }, "transA", 0) === 0;
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
