/**
 * The weights of an unrolled layer in the form that a recurrent node has: W (1, G·H, I), R (1, G·H, H), B (1, 2·G·H).
 *
 * Spec: onnx.ai/onnx/operators: gates are i o f c of LSTM, z r h of GRU.
 */
import { joined, picked, reshaped, transposed } from "../../../tensor/boxSource";
import { cropRaw, encodeRaw } from "../../../tensor/raw";
import { elementCount, type Shape } from "../../../tensor/tensor";
import { madeOf, type Constant } from "../constants/constant";
import type { Proof } from "./proof";
import type { Product } from "./products";

/** PyTorch's letters of the gates in the order of ONNX. */
const onnxGates = { RNN: [""], GRU: ["z", "r", "n"], LSTM: ["i", "o", "f", "g"] } as const;

/** W or R; null where reading it would be out of proportion. */
export function nodeMatrix(
  { weight, isTurned }: Product,
  proof: Proof,
  letter: "W" | "R",
): Constant | null {
  const rows = isTurned ? weight : turnedMatrix(weight);
  const ordered = rows === null ? null : orderedRows(rows, proof);
  const made = ordered === null ? null : under(ordered, [1, ...ordered.shape]);
  return made === null ? null : { ...made, name: `${weight.name}_${letter}` };
}

/** Both directions, one after the other. */
export function bothDirections(parts: readonly Constant[]): Constant | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  if (parts.some(({ dtype }) => dtype !== first.dtype)) return null;
  const { name, dtype } = first;
  const shape = [parts.length, ...first.shape.slice(1)];
  return madeOf(parts, { name, dtype, shape, operator: "Concat", readBox: joined(parts, 0) });
}

/** B: zeros where a layer has one of both; null where it has none. */
export function nodeBias(proof: Proof): Constant | null {
  const { gates, hidden, biases } = proof;
  const rows = gates.length * hidden;
  const [found = null] = biases.filter((bias) => bias !== null);
  if (found === null) return null;
  const parts = biases.flatMap((bias) => {
    const flat = bias === null ? zeros(found, rows) : under(bias, [rows]);
    return (flat === null ? null : orderedRows(flat, proof)) ?? [];
  });
  if (parts.length !== biases.length) return null;
  const made = madeOf(parts, {
    name: `${found.name}_B`,
    dtype: found.dtype,
    shape: [2 * rows],
    operator: "Concat",
    readBox: joined(parts, 0),
  });
  return made === null ? null : under(made, [1, 2 * rows]);
}

function turnedMatrix(weight: Constant): Constant | null {
  const { name, dtype, shape } = weight;
  const readBox = transposed(weight, [1, 0]);
  const turned = [...shape].reverse();
  return madeOf([weight], { name, dtype, shape: turned, operator: "Transpose", readBox });
}

/** The rows of each gate, in the order of ONNX. */
function orderedRows(source: Constant, { cell, gates, hidden }: Proof): Constant | null {
  const order = onnxGates[cell].map((gate) => gates.indexOf(gate));
  if (order.every((gate, index) => gate === index)) return source;
  const at = (row: number): number =>
    (order[Math.floor(row / hidden)] ?? 0) * hidden + (row % hidden);
  const readBox = picked(source, 0, { count: source.shape[0] ?? 0, at, isRun: false });
  const { name, dtype, shape } = source;
  return madeOf([source], { name, dtype, shape, operator: "Gather", readBox });
}

function under(source: Constant, shape: Shape): Constant | null {
  const { name, dtype } = source;
  if (elementCount(shape) !== elementCount(source.shape)) return null;
  const readBox = reshaped(source, shape);
  return madeOf([source], { name, dtype, shape, operator: "Reshape", readBox });
}

function zeros(like: Constant, rows: number): Constant {
  const raw = encodeRaw(like.dtype, [rows], new Float64Array(rows));
  const readBox: Constant["readBox"] = (box) => Promise.resolve(cropRaw(raw, box));
  const { name, dtype } = like;
  return { name, dtype, shape: [rows], readBox, from: [], by: [], depth: 0, reads: 1 };
}
