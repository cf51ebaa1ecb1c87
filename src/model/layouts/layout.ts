/**
 * What a layout is: the tensors that a framework writes for one layer and direction of a recurrent module, as data.
 */
import type { Text } from "../../core/text";
import type { CellKind, CellVariant, Nonlinearity } from "../config";
import type { Framework } from "../facts";
import { gateOrder } from "../gates";

/** What a tensor of a layout holds. */
export type PartRole =
  | "input"
  | "state"
  /** The weights of the input, and behind them those of the state. */
  | "joint"
  | "inputBias"
  | "stateBias"
  /** Both, one below the other: (2, G·H). */
  | "biases"
  | "projection"
  | "peephole";

/** A tensor of a layout. */
export interface LayoutPart {
  readonly holds: PartRole;
  /** Its name below the module's prefix, with `.` for every separator: one of these. */
  readonly names: readonly string[];
  /** Its gate blocks in the order of the file, by PyTorch's letters; one without a letter where it has none. */
  readonly gates: readonly string[];
  readonly isOptional: boolean;
}

/** How the matrices of a layout lie: a row for each unit of a gate, as PyTorch has them, or a column. */
export type Axes = "rows" | "columns";

/** One way to write a cell. */
export interface WeightLayout {
  readonly id: string;
  /** What writes it, for people: `MLX nn.LSTM`. */
  readonly title: string;
  readonly framework: Framework;
  readonly cell: CellKind;
  readonly parts: readonly LayoutPart[];
  /** The ways its matrices may lie; where shapes do not tell which, it is the first. */
  readonly axes: readonly Axes[];
  /** Matches the end of the prefix, where the names of the tensors alone are too common. */
  readonly within?: RegExp;
  /** True where the names are common in linear algebra: a bias or the prefix of a recurrent layer has to tell. */
  readonly isCommon?: boolean;
  /** Names below the prefix beside which it is another layer, such as `dense_o.kernel` of an MLP with `dense_i`. */
  readonly noneBeside?: readonly string[];
  /** True where the names may follow an underscore as well: `lstm0_i2h_weight`. */
  readonly isJoined?: boolean;
  /** Matches the prefix of those that read from the last step to the first. */
  readonly reverseWithin?: RegExp;
  /** Added to the forget gate in every step, beside the bias of the file. */
  readonly forgetBias?: number;
  /** True where the update gate is PyTorch's 1 − z. */
  readonly isUpdateTurned?: boolean;
  readonly variant?: Partial<CellVariant>;
  readonly nonlinearity?: Nonlinearity;
  readonly batchFirst?: boolean;
  /** What the names do not tell. */
  readonly assumes?: readonly Text[];
  /** True for another reading of tensors that a layout before it reads as well; it is listed under a name of its own. */
  readonly isAlternative?: boolean;
  /** True for PyTorch's own cells, which are modules without this: only stacks of them are made. */
  readonly isOwnCell?: boolean;
}

/** A part with all gates of a cell, in PyTorch's order unless another is given. */
export function partOf(
  cell: CellKind,
  holds: PartRole,
  names: readonly string[],
  gates: readonly string[] = gateOrder[cell],
): LayoutPart {
  return { holds, names, gates, isOptional: isOptional(holds) };
}

/** A part for each gate: `{}` in the names stands for the letters of the gate. */
export function partsOf(
  holds: PartRole,
  names: readonly string[],
  letters: Readonly<Record<string, readonly string[]>>,
): readonly LayoutPart[] {
  return Object.entries(letters).map(([gate, written]) => ({
    holds,
    names: names.flatMap((name) => written.map((letter) => name.replaceAll("{}", letter))),
    gates: [gate],
    isOptional: isOptional(holds),
  }));
}

function isOptional(holds: PartRole): boolean {
  return holds !== "input" && holds !== "state" && holds !== "joint" && holds !== "biases";
}
