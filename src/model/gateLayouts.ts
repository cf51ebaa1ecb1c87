/**
 * Names of the gate blocks of a weight, under the stacking of each framework.
 *
 * Sources: torch.nn.LSTM and GRU, "Variables"; keras LSTMCell.call (i, f, c, o) and GRUCell.call (z, r, h); TensorFlow 1
 * BasicLSTMCell (i, j, f, o); Haiku LSTM (i, g, f, o); ONNX operators LSTM (W[iofc]) and GRU (W[zrh]); Core ML's MIL ops
 * lstm (i, f, o, z) and gru (r, o, z).
 */
import type { CellKind } from "./config";

/** Named rows of a weight: one gate's block, e.g. `W_ii` in rows 0…H. */
export interface GateBlock {
  readonly name: string;
  /** Half-open, along `axis` of the layout. */
  readonly start: number;
  readonly end: number;
}

/** How the gate blocks of a weight are named under one framework's stacking. */
export interface GateLayoutView {
  /** e.g. `PyTorch`, `ONNX`, `Keras`, `TensorFlow 1`, `Haiku`, `Core ML`. */
  readonly name: string;
  /** Axis along which the blocks are stacked. */
  readonly axis: number;
  readonly blocks: readonly GateBlock[];
}

/** Weights with gate blocks. */
export type GatedRole = "weightIh" | "weightHh" | "biasIh" | "biasHh";

/** Gates in the words of each framework, top to bottom. */
const gatesOf: Readonly<Record<CellKind, readonly (readonly [string, readonly string[]])[]>> = {
  RNN: [],
  LSTM: [
    ["PyTorch", ["i", "f", "g", "o"]],
    ["Keras", ["i", "f", "c", "o"]],
    ["TensorFlow 1", ["i", "j", "f", "o"]],
    ["Haiku", ["i", "g", "f", "o"]],
    ["ONNX", ["i", "o", "f", "c"]],
    ["Core ML", ["i", "f", "o", "z"]],
  ],
  GRU: [
    ["PyTorch", ["r", "z", "n"]],
    ["Keras", ["z", "r", "h"]],
    ["ONNX", ["z", "r", "h"]],
    ["Core ML", ["r", "o", "z"]],
  ],
};

/** The name of a block in PyTorch's documentation: `W_ii` … `W_hi` … `b_ii` … `b_hi`, before the gate's letter. */
const stems: Readonly<Record<GatedRole, string>> = {
  weightIh: "W_i",
  weightHh: "W_h",
  biasIh: "b_i",
  biasHh: "b_h",
};

/**
 * The layouts that a weight may be read with, PyTorch's first unless another is named. `size` is the length of `axis`:
 * gates · H. Empty for an RNN, which has one block, and where the size is no multiple.
 */
export function gateLayouts(
  cell: CellKind,
  role: GatedRole,
  { axis, size, first = "PyTorch" }: { axis: number; size: number; first?: string },
): GateLayoutView[] {
  const layouts = gatesOf[cell]
    .filter(([, gates]) => size > 0 && size % gates.length === 0)
    .map(([name, gates]): GateLayoutView => {
      const height = size / gates.length;
      const blocks = gates.map((gate, block) => ({
        name: `${stems[role]}${gate}`,
        start: block * height,
        end: (block + 1) * height,
      }));
      return { name, axis, blocks };
    });
  return layouts.sort((left, right) => Number(right.name === first) - Number(left.name === first));
}
