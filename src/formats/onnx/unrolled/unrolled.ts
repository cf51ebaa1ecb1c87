/**
 * Recurrent layers that a graph computes by single operations, step by step, as records of recurrent nodes.
 *
 * PyTorch's exporter writes nn.RNN so, and every loop over cells. A chain of products by one matrix is read as a layer
 * only where running it proves it: on random inputs, all states of the graph are those of the cell.
 */
import { formatShape } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { OnnxRecurrent } from "../../base/declared";
import type { Constant } from "../constants/constant";
import { fullName, type OnnxModel, type PlacedNode, type Scope } from "../graph/model";
import { findOperand, type FoundOperand } from "../graph/operands";
import { SupposedValues } from "../graph/supposed";
import type { Effort } from "./interpreter";
import { layerOf, readersIn } from "./layers";
import type { Values } from "./operators";
import { Products, type Product } from "./products";
import { prove } from "./proof";
import { layerBelow, sourceOf, type ProvedLayer, type Source, type Unit } from "./sources";
import { bothDirections, nodeBias, nodeMatrix } from "./weights";

/** A layer that was proved, and where it is in the graph. */
export interface UnrolledRecord {
  readonly record: OnnxRecurrent;
  /** Name of the value that it reads; null where its steps are no parts of one value. */
  readonly input: { readonly scope: Scope; readonly name: string } | null;
  /** The products of its steps. */
  readonly products: readonly PlacedNode[];
  /** The nodes that give its states. */
  readonly states: readonly PlacedNode[];
  /** What was found, and how it was proved. */
  readonly note: Text;
}

/** What proofs of one model may cost: about a second. */
const allEffort = { nodes: 30_000, products: 2 ** 29 };

/** Chains that are tried in one model. */
const maxChains = 64;

/** Weights that modules are recognised by without the graph. */
const namedWeights = /weight_hh(?:_l\d+(?:_reverse)?)?$/;

/** The layers of a model's own graph, the lower ones first. */
export async function unrolledLayers(
  model: OnnxModel,
  biases: ReadonlyMap<PlacedNode, Constant>,
): Promise<readonly UnrolledRecord[]> {
  const [scope] = model.outputs.map((output) => output.scope);
  if (scope === undefined) return [];
  const effort: Effort = { ...allEffort };
  const frame: Frame = { model, scope, effort, constants: new Map(), biases, records: new Map() };
  const units = await unitsOf(frame);
  const ownerOf = new Map<string, Unit>();
  for (const { unit, source } of units) {
    const [first] = unit;
    if (first === undefined) continue;
    const below = await layerBelow({ ...frame, ownerOf }, first);
    const made = await recordOf(frame, { unit, source, below });
    if (made === null) continue;
    frame.records.set(unit, made);
    for (const { layer } of unit) for (const name of layer.states) ownerOf.set(name, unit);
  }
  return [...frame.records.values()];
}

interface Frame {
  readonly model: OnnxModel;
  readonly scope: Scope;
  readonly effort: Effort;
  readonly constants: Map<Constant, Values>;
  readonly biases: ReadonlyMap<PlacedNode, Constant>;
  readonly records: Map<Unit, UnrolledRecord>;
}

interface PlacedUnit {
  readonly unit: Unit;
  readonly source: Source;
}

/** Layers that were proved; two that read one value in both directions are one. */
async function unitsOf(frame: Frame): Promise<readonly PlacedUnit[]> {
  const { model, scope, biases } = frame;
  const products = new Products(model, scope);
  const readers = readersIn(scope);
  const biasOf = ({ placed }: Product): Constant | null =>
    placed.node.operator === "Gemm"
      ? model.constantNamed(scope, placed.node.inputs[2])
      : (biases.get(placed) ?? null);
  const units: { unit: ProvedLayer[]; source: Source }[] = [];
  for (const chain of products.chains().slice(0, maxChains)) {
    const [first] = chain;
    if (first === undefined || namedWeights.test(first.weight.from[0] ?? "")) continue;
    const layer = layerOf(products, readers, chain);
    const proof = layer === null ? null : await prove({ ...frame, layer, biasOf });
    if (layer === null || proof === null) continue;
    const source = await sourceOf(model, scope, { layer, proof });
    const { isReverse } = source;
    const proved = { layer, proof: { ...proof, isReverse } };
    const pair = units.find((unit) => isPair(unit, { proved, source }));
    if (pair !== undefined) pair.unit.push(proved);
    else units.push({ unit: [proved], source });
  }
  return units;
}

function isPair(
  { unit, source }: PlacedUnit,
  other: { readonly proved: ProvedLayer; readonly source: Source },
): boolean {
  const [first, ...more] = unit;
  if (first === undefined || more.length > 0 || source.key !== other.source.key) return false;
  const said = ({ layer, proof }: ProvedLayer): string =>
    JSON.stringify([proof.cell, proof.activation, proof.hidden, layer.states.length]);
  const isSame = said(first) === said(other.proved);
  return isSame && !source.isReverse && other.source.isReverse;
}

type Below = Awaited<ReturnType<typeof layerBelow>>;

type UnitOnBelow = PlacedUnit & { readonly below: Below };

async function recordOf(
  frame: Frame,
  { unit, source, below }: UnitOnBelow,
): Promise<UnrolledRecord | null> {
  const { scope } = frame;
  const [first] = unit;
  const product = first?.layer.chain[0];
  const weights = weightsOf(unit);
  const states = await statesOf(frame, unit);
  const isKnown = source.name !== null || below !== null;
  if (!isKnown || first === undefined || product === undefined) return null;
  if (weights === null || states === null) return null;
  const record: OnnxRecurrent = {
    ...cellOf(first),
    ...placeOf(frame, { unit, source, below }),
    activations: unit.flatMap(({ proof }) => activationsOf(proof.cell, proof.activation)),
    ...namesOf(frame, weights),
    initialH: states.h.operand,
    initialC: states.c.operand,
  };
  const names = unit.flatMap((each) => each.layer.states);
  const products = unit.flatMap((each) => [...each.layer.chain, ...each.layer.inputs]);
  return {
    record,
    input: source.name === null ? null : { scope, name: source.name },
    products: products.map(({ placed }) => placed),
    states: names.flatMap((name) => scope.producers.get(name)?.placed ?? []),
    note: noteOf(unit, product),
  };
}

/** What a layer is called, and how it stands among the others. */
function placeOf(
  frame: Frame,
  { unit, source, below }: UnitOnBelow,
): Pick<OnnxRecurrent, "name" | "direction" | "batchFirst" | "below"> {
  const lower = below === null ? undefined : frame.records.get(below.unit)?.record;
  return {
    name: uniqueName(frame, lower?.name ?? nodeName(unit)),
    direction: directionOf(unit, source, below),
    batchFirst: source.batchFirst,
    below: lower?.name ?? null,
  };
}

/** What all layers that are unrolled have in common with nodes that have nothing of their own. */
function cellOf({ proof }: ProvedLayer): CellOfNode {
  return {
    framework: "onnx",
    kind: "recurrent",
    cell: proof.cell,
    hiddenSize: proof.hidden,
    activationAlpha: [],
    activationBeta: [],
    clip: null,
    inputForget: false,
    linearBeforeReset: proof.cell === "GRU",
    layout: 0,
    p: null,
    sequenceLens: null,
    readsFrom: null,
    gives: [],
  };
}

type CellOfNode = Omit<
  OnnxRecurrent,
  | ("name" | "direction" | "activations" | "batchFirst" | "w" | "r" | "b")
  | ("initialH" | "initialC" | "below")
>;

function directionOf(unit: Unit, source: Source, below: Below): OnnxRecurrent["direction"] {
  if (unit.length > 1) return "bidirectional";
  const isReverse = source.name === null ? below?.isReverse === true : source.isReverse;
  return isReverse ? "reverse" : "forward";
}

function activationsOf(cell: OnnxRecurrent["cell"], activation: string): readonly string[] {
  switch (cell) {
    case "RNN":
      return [activation];
    case "GRU":
      return ["Sigmoid", "Tanh"];
    case "LSTM":
      return ["Sigmoid", "Tanh", "Tanh"];
  }
}

type Weights = NonNullable<ReturnType<typeof weightsOf>>;

/** The entries of the weights. */
function namesOf(
  { model, scope }: Frame,
  { w, r, b }: Weights,
): Pick<OnnxRecurrent, "w" | "r" | "b"> {
  const nameOf = (constant: Constant): string => model.entryOf(constant, scope).name;
  return { w: nameOf(w), r: nameOf(r), b: b === null ? null : nameOf(b) };
}

/** W, R and B of all directions; null where one cannot be made. */
function weightsOf(
  unit: Unit,
): { readonly w: Constant; readonly r: Constant; readonly b: Constant | null } | null {
  const parts = { w: [] as Constant[], r: [] as Constant[], b: [] as Constant[] };
  for (const { layer, proof } of unit) {
    const [input, recurrent] = [layer.inputs[0], layer.chain[0]];
    const w = input === undefined ? null : nodeMatrix(input, proof, "W");
    const r = recurrent === undefined ? null : nodeMatrix(recurrent, proof, "R");
    const b = nodeBias(proof);
    if (w === null || r === null) return null;
    parts.w.push(w);
    parts.r.push(r);
    if (b !== null) parts.b.push(b);
  }
  const [w, r] = [bothDirections(parts.w), bothDirections(parts.r)];
  if (w === null || r === null || ![0, unit.length].includes(parts.b.length)) return null;
  return { w, r, b: bothDirections(parts.b) };
}

const nothing: FoundOperand = { constant: null, operand: null };

/** h_0 and c_0; null where they are constants, which are proved as they are and are not zeros. */
async function statesOf(
  { model, scope }: Frame,
  unit: Unit,
): Promise<{ readonly h: FoundOperand; readonly c: FoundOperand } | null> {
  const supposed = new SupposedValues(model);
  const find = async (name: string | null): Promise<FoundOperand> => {
    const reader = name === null ? undefined : readersIn(scope).get(name)?.[0];
    if (name === null || reader === undefined) return nothing;
    const input = reader.node.inputs.indexOf(name);
    return findOperand(model, supposed, reader, { input, batchAxis: 0, nothing: 0 });
  };
  const found = { h: nothing, c: nothing };
  for (const { layer, proof } of unit) {
    const [h, c] = [await find(layer.initial), await find(proof.initialCell)];
    if ([h, c].some(({ operand }) => operand?.kind === "constant")) return null;
    if (h.operand !== null) found.h = h;
    if (c.operand !== null) found.c = c;
  }
  return found;
}

/** A node's name whose last part is the operator: that of the module in the names of its biases, or of its first product. */
function nodeName(unit: Unit): string {
  const [first] = unit;
  const names = first?.proof.biases.flatMap((bias) => bias?.from ?? []) ?? [];
  const prefixes = names.map((name) => /^(.*?)bias_[ih]h(?:_l\d+)?(?:_reverse)?$/s.exec(name)?.[1]);
  const [prefix] = prefixes;
  const cell = first?.proof.cell ?? "RNN";
  if (prefix !== undefined) return `${prefix.replaceAll(".", "/")}${cell}`;
  const placed = first?.layer.chain[0]?.placed;
  const name = placed === undefined ? "" : fullName(placed);
  const path = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
  return `${path}${cell}`;
}

function uniqueName({ records }: Frame, name: string): string {
  const taken = new Set([...records.values()].map(({ record }) => record.name));
  let unique = name;
  for (let count = 1; taken.has(unique); count += 1) unique = `${name}_${count}`;
  return unique;
}

function noteOf(unit: Unit, product: Product): Text {
  const [first] = unit;
  const steps = first?.layer.states.length ?? 0;
  const shape = formatShape(product.weight.shape);
  const kind = first?.proof.cell ?? "";
  return text(
    "an exporter has unrolled a layer into {0} steps of single operations, around {1} {2}: read as {3}, since all of its states on random inputs are those of such a cell",
    ...([steps, product.weight.name, shape, kind] as const),
  );
}
