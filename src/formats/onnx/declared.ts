/**
 * What a model declares, as records: recurrent nodes, the Gather before and the Gemm or MatMul after them.
 */
import { sameShape } from "../../tensor/tensor";
import type { DeclaredModule, OnnxLayer } from "../base/declared";
import type { NoteList } from "../base/notes";
import type { Constant } from "./constants/constant";
import { intAttribute } from "./protobuf/graph";
import { fullName, type OnnxModel, type PlacedNode, type Scope } from "./graph/model";
import { unreadCells } from "./otherCells";
import { isQuantisedLstm, quantisedNote } from "./quantised";
import { RecurrentReader } from "./recurrent";
import { unrolledLayers } from "./unrolled/unrolled";
import { isArranging, isArrangingOrSelecting, isRecurrent, wayBack } from "./graph/trace";

/** Layers that are described; each is looked for among the nodes around it. */
const maxDeclared = 1024;

/** The declarations of a model, in the order of its nodes. */
export async function declaredModules(
  model: OnnxModel,
  notes: NoteList,
): Promise<readonly DeclaredModule[]> {
  const reader = new RecurrentReader(model);
  const embeddings = new Map<PlacedNode, OnnxLayer>();
  for (const placed of model.layers.filter(isRead).slice(0, maxDeclared)) {
    const problem = await reader.read(placed);
    if (problem !== null) {
      notes.add(problem);
      continue;
    }
    if (isQuantisedLstm(placed.node)) notes.add(quantisedNote(placed));
    const { scope, node } = placed;
    const embedding = embeddingBefore(model, { scope, name: node.inputs[0] });
    if (embedding !== null) embeddings.set(embedding.placed, embedding.record);
  }
  const biases = biasesOfProducts(model);
  const unrolled = await unrolledLayers(model, biases);
  for (const { input, note } of unrolled) {
    notes.add(note);
    const embedding = embeddingBefore(model, input);
    if (embedding !== null) embeddings.set(embedding.placed, embedding.record);
  }
  const records = [...reader.records.values(), ...unrolled.map(({ record }) => record)];
  for (const note of unreadCells(model, records.length > 0)) notes.add(note);
  const linears = linearsAfter(model, biases, {
    layers: new Set([...reader.records.keys(), ...unrolled.flatMap(({ states }) => states)]),
    products: new Set(unrolled.flatMap(({ products }) => products)),
  });
  return [...embeddings.values(), ...records, ...linears];
}

/** A recurrent node, or the one of quantised weights that is read as one. */
function isRead(placed: PlacedNode): boolean {
  return isRecurrent(placed) || isQuantisedLstm(placed.node);
}

/** The Gather from a table by what comes into the model that gives X. */
function embeddingBefore(
  model: OnnxModel,
  input: { readonly scope: Scope; readonly name: string | undefined } | null,
): { readonly placed: PlacedNode; readonly record: OnnxLayer } | null {
  const { origin } = input === null ? { origin: null } : wayBack(model, input, isArranging);
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

/** The nodes that give the outputs of recurrent layers, and products that are their own. */
interface RecurrentNodes {
  readonly layers: ReadonlySet<PlacedNode>;
  readonly products: ReadonlySet<PlacedNode>;
}

/** Gemm and MatMul by a constant matrix that read a recurrent layer's outputs, or parts of them. */
function linearsAfter(
  model: OnnxModel,
  biases: ReadonlyMap<PlacedNode, Constant>,
  { layers, products }: RecurrentNodes,
): readonly OnnxLayer[] {
  const found: OnnxLayer[] = [];
  for (const placed of model.layers) {
    if (found.length >= maxDeclared) break;
    const linear = products.has(placed) ? null : linearRecord(model, placed, biases);
    if (linear !== null && readsRecurrent(model, placed, layers)) found.push(linear);
  }
  return found;
}

/** The bias that is added after each MatMul. */
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
    framework: "onnx",
    kind: "linear",
    name: fullName(placed),
    weight: source.name,
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
  recurrent: ReadonlySet<PlacedNode>,
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
