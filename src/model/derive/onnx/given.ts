/**
 * Initial states and lengths of stacked ONNX nodes as h0, c0 and lengths of a module.
 *
 * Source: onnx.ai/onnx/operators, RNN, GRU and LSTM: initial_h and initial_c are (D, B, H), in layout 1 (B, D, H).
 */
import type { Archive } from "../../../formats/base/archive";
import type { OnnxOperand, OnnxRecurrent } from "../../../formats/base/declared";
import {
  joined,
  picked,
  transposed,
  type BoxSource,
  type ReadBox,
} from "../../../tensor/boxSource";
import { byteWidth, type DType } from "../../../tensor/dtype";
import { decodeRaw, encodeRaw } from "../../../tensor/raw";
import { elementCount, type TensorEntry } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { DerivedEntry } from "../base/derived";
import type { GivenName, GivenOperand, ModuleGiven } from "../../given";

/** The layers of a module, the lowest first, and where its entries are. */
export interface GivenFrame {
  readonly archive: Archive;
  readonly prefix: string;
  readonly stack: readonly OnnxRecurrent[];
  readonly entries: ReadonlyMap<string, TensorEntry>;
}

/** A module's own states and lengths, and the entries that they are. */
export interface OnnxGiven {
  readonly given: ModuleGiven;
  readonly derived: readonly DerivedEntry[];
}

type ConstantOperand = Extract<OnnxOperand, { readonly kind: "constant" }>;

/** The names of initial states and lengths in ONNX. */
const onnxNames = { h0: "initial_h", c0: "initial_c", lengths: "sequence_lens" } as const;

export function onnxGiven(frame: GivenFrame): OnnxGiven {
  const derived: DerivedEntry[] = [];
  const given: Partial<Record<GivenName, GivenOperand>> = {};
  for (const name of ["h0", "c0", "lengths"] as const) {
    const operands = frame.stack.map((node) => operandOf(node, name));
    const taken = operands.findIndex((operand) => operand !== null && operand.kind !== "constant");
    const [node, operand] = [frame.stack[taken], operands[taken]];
    if (node !== undefined && operand != null) {
      given[name] = { entry: null, sentence: takenText(node, name, operand) };
      continue;
    }
    const constants = operands.map((each) => (each?.kind === "constant" ? each : null));
    const made = ownEntry(frame, name, constants);
    if (made === null) continue;
    derived.push(made);
    const nodes = frame.stack.filter((_, layer) => operands[layer] !== null);
    const where = nodes.map((each) => each.name).join(", ");
    const sentence =
      name === "lengths"
        ? text("the lengths are the file's own {0} ({1})", onnxNames[name], where)
        : text("{0} is the file's own {1} ({2})", name, onnxNames[name], where);
    given[name] = { entry: made.entry, sentence };
  }
  return { given, derived };
}

function operandOf(node: OnnxRecurrent, name: GivenName): OnnxOperand | null {
  switch (name) {
    case "h0":
      return node.initialH;
    case "c0":
      return node.initialC;
    case "lengths":
      return node.sequenceLens;
  }
}

/** A note about inputs of a node that the file does not have. */
function takenText(node: OnnxRecurrent, name: GivenName, operand: OnnxOperand): Text {
  const [input, from] = [onnxNames[name], operand.kind === "input" ? operand.name : ""];
  if (operand.kind === "input") {
    return name === "lengths"
      ? text(
          "{0} of {1} is the model's input {2}: give lengths, else every sequence has all steps",
          ...([input, node.name, from] as const),
        )
      : text(
          "{0} of {1} is the model's input {2}: give {3}, else it is zeros",
          ...([input, node.name, from, name] as const),
        );
  }
  const by = operand.kind === "computed" ? operand.by : "";
  return name === "lengths"
    ? text(
        "{0} of {1} is computed by {2}: give lengths, else every sequence has all steps",
        ...([input, node.name, by] as const),
      )
    : text(
        "{0} of {1} is computed by {2}: give {3}, else it is zeros",
        ...([input, node.name, by, name] as const),
      );
}

/** The entry that joins the tensors of all layers; null when no layer has one. */
function ownEntry(
  frame: GivenFrame,
  name: GivenName,
  operands: readonly (ConstantOperand | null)[],
): DerivedEntry | null {
  const { archive, stack, entries } = frame;
  const batch = Math.max(...operands.map((operand) => operand?.batch ?? 1));
  const first = operands.find((operand) => operand !== null);
  const dtype = entries.get(first?.entry ?? "")?.dtype;
  if (dtype === undefined) return null;
  const parts = stack.map((node, layer): BoxSource => {
    const operand = operands[layer] ?? null;
    const entry = operand === null ? undefined : entries.get(operand.entry);
    if (operand === null || entry === undefined) return zeros(node, batch, dtype);
    const read: ReadBox = (box) => archive.readBox(entry, box);
    const source = { dtype: entry.dtype, shape: entry.shape, readBox: read };
    const ours = name === "lengths" || node.layout === 0 ? source : turned(source);
    return withDtype(withBatch(ours, name === "lengths" ? 0 : 1, operand.batch, batch), dtype);
  });
  const [lowest] = parts;
  if (lowest === undefined) return null;
  // Every layer has the same lengths: nodes with other lengths are no stack.
  const whole = name === "lengths" ? lowest : stacked(parts);
  const { shape } = whole;
  const from = [...new Set(operands.flatMap((operand) => operand?.entry ?? []))];
  const how = text("{0}, which a run begins with", onnxNames[name]);
  const entry = {
    name: freeName(frame, name),
    dtype,
    shape,
    byteLength: elementCount(shape) * byteWidth(dtype),
    origin: { from, how: name === "lengths" ? text("{0}, which a run has", onnxNames[name]) : how },
  };
  return { entry, readBox: whole.readBox };
}

/** (B, D, H) → (D, B, H). */
function turned(source: BoxSource): BoxSource {
  const [batch = 0, directions = 0, units = 0] = source.shape;
  const shape = [directions, batch, units];
  return { ...source, shape, readBox: transposed(source, [1, 0, 2]) };
}

/** The first `own` entries of an axis, or its first one as often as there are sequences. */
function withBatch(source: BoxSource, axis: number, own: number, batch: number): BoxSource {
  const shape = source.shape.map((size, index) => (index === axis ? batch : size));
  const isShared = own === 1;
  const picks = {
    count: batch,
    at: (index: number) => (isShared ? 0 : index),
    isRun: !isShared || batch === 1,
  };
  return { ...source, shape, readBox: picked(source, axis, picks) };
}

function withDtype(source: BoxSource, dtype: DType): BoxSource {
  if (source.dtype === dtype) return source;
  const readBox: ReadBox = async (box) => {
    const { shape, data } = decodeRaw(await source.readBox(box), onnxNames.h0);
    return encodeRaw(dtype, shape, data);
  };
  return { ...source, dtype, readBox };
}

function zeros({ direction, hiddenSize }: OnnxRecurrent, batch: number, dtype: DType): BoxSource {
  const shape = [direction === "bidirectional" ? 2 : 1, batch, hiddenSize];
  const readBox: ReadBox = ({ size }) =>
    Promise.resolve({
      dtype,
      shape: size,
      bytes: new Uint8Array(elementCount(size) * byteWidth(dtype)),
    });
  return { dtype, shape, readBox };
}

function stacked(parts: readonly BoxSource[]): BoxSource {
  const [head] = parts;
  const [, batch = 1, units = 0] = head?.shape ?? [];
  const slots = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [slots, batch, units];
  return { dtype: head?.dtype ?? "float32", shape, readBox: joined(parts, 0) };
}

/** `rnn.h0`; ONNX' name for it where the file has a tensor of that name. */
function freeName({ prefix, entries }: GivenFrame, name: GivenName): string {
  const wanted = [prefix + name, prefix + onnxNames[name]];
  const free = wanted.find((each) => !entries.has(each));
  if (free !== undefined) return free;
  let count = 2;
  while (entries.has(`${prefix}${name}_${count}`)) count += 1;
  return `${prefix}${name}_${count}`;
}
