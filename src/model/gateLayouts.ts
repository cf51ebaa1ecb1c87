/**
 * Names of the gate blocks of a weight, under the stacking of each framework.
 */
import type { CellKind } from "./config";
import { gateStacks } from "./gates";

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
  const layouts = gateStacks[cell]
    .filter(({ letters }) => size > 0 && size % letters.length === 0)
    .map(({ framework: name, letters }): GateLayoutView => {
      const height = size / letters.length;
      const blocks = letters.map((letter, block) => ({
        name: `${stems[role]}${letter}`,
        start: block * height,
        end: (block + 1) * height,
      }));
      return { name, axis, blocks };
    });
  return layouts.sort((left, right) => Number(right.name === first) - Number(left.name === first));
}
