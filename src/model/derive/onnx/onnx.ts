/**
 * Recurrent nodes of ONNX in PyTorch's names and gate order: W, R, B and P split by direction and gate.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU, LSTM, "Inputs"; gate orders are in gates.ts.
 */
import type { Archive } from "../../../formats/base/archive";
import type { OnnxLayer, OnnxRecurrent } from "../../../formats/base/declared";
import type { TensorEntry } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { DerivedEntry, DerivedModules } from "../base/derived";
import { deriveOnnxLayer } from "./layer";
import type { ModuleFacts } from "../../facts";
import { gateCount, gateSources, onnxGateNames, peepholeSources } from "../../gates";
import { onnxFacts } from "./facts";
import { onnxGiven } from "./given";
import { layerPrefix, prefixCandidates } from "./names";
import { stackedEntry, type DerivedBlock, type Stacking } from "../base/stackedEntry";

/** A tensor of a module: its name after the prefix, and its sources. */
type Part = Omit<Stacking, "dtype"> & { readonly source: TensorEntry };

/** The recurrent modules of an ONNX archive, and the layers around them. */
export function deriveOnnx(archive: Archive): DerivedModules {
  const entries = new Map(archive.entries.map((entry) => [entry.name, entry]));
  const derived = new Map<string, DerivedEntry>();
  const facts = new Map<string, ModuleFacts>();
  const recurrent: OnnxRecurrent[] = [];
  const layers: OnnxLayer[] = [];
  for (const declared of archive.declared) {
    if (declared.framework !== "onnx") continue;
    if (declared.kind === "recurrent") recurrent.push(declared);
    else layers.push(declared);
  }
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  for (const stack of stacksOf(recurrent)) {
    const parts = stack.flatMap((node, layer) => partsOf(node, layer, entries));
    const [lowest, ...above] = stack;
    if (lowest === undefined || parts.length === 0) continue;
    const prefix = freePrefix(prefixCandidates(lowest, entries), { parts, entries, taken, counts });
    taken.add(prefix);
    const own = onnxGiven({ archive, prefix, stack, entries });
    facts.set(prefix, onnxFacts([lowest, ...above], own.given));
    for (const { source, ...part } of parts) {
      const name = prefix + part.name;
      if (entries.has(name)) continue;
      const { dtype } = source;
      derived.set(name, stackedEntry(archive, { ...part, name, dtype }));
    }
    for (const made of own.derived) derived.set(made.entry.name, made);
  }
  for (const layer of layers) {
    for (const made of deriveOnnxLayer(archive, layer, { entries, taken, counts })) {
      derived.set(made.entry.name, made);
    }
  }
  return { entries: [...derived.values()], facts };
}

/** Nodes with equal attributes that feed each other are the layers of one module, if they are in the same scope. */
function stacksOf(nodes: readonly OnnxRecurrent[]): readonly (readonly OnnxRecurrent[])[] {
  const stackOf = new Map<string, OnnxRecurrent[]>();
  const stacks: OnnxRecurrent[][] = [];
  for (const node of nodes) {
    const stack = node.below === null ? undefined : stackOf.get(node.below);
    const top = stack?.at(-1);
    if (stack !== undefined && top?.name === node.below && isAlike(top, node)) {
      stack.push(node);
      stackOf.set(node.name, stack);
    } else {
      const begun = [node];
      stacks.push(begun);
      stackOf.set(node.name, begun);
    }
  }
  return stacks;
}

function isAlike(below: OnnxRecurrent, above: OnnxRecurrent): boolean {
  const said = (node: OnnxRecurrent): string => {
    const { cell, direction, hiddenSize, layout } = node;
    const { activations, activationAlpha, activationBeta } = node;
    const { clip, inputForget, linearBeforeReset } = node;
    return JSON.stringify([
      ...[cell, direction, hiddenSize, layout, activations, activationAlpha, activationBeta],
      ...[clip, inputForget, linearBeforeReset, node.b !== null, node.p !== null],
      layerPrefix(node.name),
      node.sequenceLens,
    ]);
  };
  // PyTorch has no stack in reverse.
  return above.direction !== "reverse" && said(below) === said(above);
}

function partsOf(
  node: OnnxRecurrent,
  layer: number,
  entries: ReadonlyMap<string, TensorEntry>,
): readonly Part[] {
  const directions = node.direction === "bidirectional" ? ["", "_reverse"] : [""];
  return directions.flatMap((suffix, direction) => {
    const lane: Lane = { node, direction, suffix: `_l${layer}${suffix}` };
    const [w, r] = [entries.get(node.w), entries.get(node.r)];
    const [b, p] = [node.b, node.p].map((name) => (name === null ? undefined : entries.get(name)));
    return [
      ...(w === undefined ? [] : [matrixPart("weight_ih", w, lane)]),
      ...(r === undefined ? [] : [matrixPart("weight_hh", r, lane)]),
      ...(b === undefined ? [] : [biasPart("bias_ih", b, lane), biasPart("bias_hh", b, lane)]),
      ...(p === undefined ? [] : [peepholePart(p, lane)]),
    ];
  });
}

/** One direction of a node. */
interface Lane {
  readonly node: OnnxRecurrent;
  readonly direction: number;
  /** `_l1_reverse` */
  readonly suffix: string;
}

/** W (D, G·H, I) or R (D, G·H, H) → (G·H, columns). */
function matrixPart(
  name: "weight_ih" | "weight_hh",
  source: TensorEntry,
  { node, direction, suffix }: Lane,
): Part {
  const { cell, hiddenSize } = node;
  const blocks = gateSources("ONNX", cell).map((gate): DerivedBlock => {
    const start = [direction, gate * hiddenSize, 0];
    return { rows: hiddenSize, from: { entry: source, start, axes: [1, 2] } };
  });
  const columns = [source.shape[2] ?? 0];
  return { name: name + suffix, source, blocks, columns, how: howText(node, direction) };
}

/** Half of B (D, 2·G·H) → (G·H): Wb is first, Rb behind it. */
function biasPart(
  name: "bias_ih" | "bias_hh",
  source: TensorEntry,
  { node, direction, suffix }: Lane,
): Part {
  const { cell, hiddenSize } = node;
  const half = name === "bias_ih" ? 0 : gateCount(cell) * hiddenSize;
  const blocks = gateSources("ONNX", cell).map((gate): DerivedBlock => {
    const start = [direction, half + gate * hiddenSize];
    return { rows: hiddenSize, from: { entry: source, start, axes: [1] } };
  });
  return { name: name + suffix, source, blocks, columns: [], how: howText(node, direction) };
}

/** P (D, 3·H) → (3·H). */
function peepholePart(source: TensorEntry, { node, direction, suffix }: Lane): Part {
  const { hiddenSize } = node;
  const blocks = peepholeSources().map((gate): DerivedBlock => {
    const start = [direction, gate * hiddenSize];
    return { rows: hiddenSize, from: { entry: source, start, axes: [1] } };
  });
  const how = text("direction {0} of {1}, gates {2}", direction, node.name, "i o f → i f o");
  return { name: `peephole${suffix}`, source, blocks, columns: [], how };
}

function howText({ cell, name }: OnnxRecurrent, direction: number): Text {
  const gates = onnxGateNames(cell);
  return gates === null
    ? text("direction {0} of {1}", direction, name)
    : text("direction {0} of {1}, gates {2}", direction, name, gates);
}

/** The existing modules and names. */
interface Surroundings {
  readonly parts: readonly Part[];
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly taken: ReadonlySet<string>;
  /** The last number behind each prefix that many share: counting goes on from there. */
  readonly counts: Map<string, number>;
}

/** The first prefix under which no other tensor is; the model's own may be, where the node's weights are made of it. */
function freePrefix(
  candidates: readonly string[],
  { parts, entries, taken, counts }: Surroundings,
): string {
  const isFree = (prefix: string): boolean =>
    !taken.has(prefix) &&
    parts.every(({ name, source }) => {
      const entry = entries.get(prefix + name);
      return entry === undefined || source.origin?.from.includes(entry.name) === true;
    });
  const found = candidates.find(isFree);
  if (found !== undefined) return found;
  const base = (candidates.at(-1) ?? "").replace(/\.$/, "");
  let count = counts.get(base) ?? 2;
  while (!isFree(`${base}_${count}.`)) count += 1;
  counts.set(base, count);
  return `${base}_${count}.`;
}
