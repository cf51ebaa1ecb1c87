/**
 * A module map: which tensors of a file are the parameters of a recurrent module, as JSON that people write and read.
 *
 * It stands in a run file as `weights.map`, or in a file of its own. Sizes may be left out: they follow from the shapes,
 * so that one map serves all files whose tensors have these names.
 */
import type { CellKind, Nonlinearity } from "../config";

/** A map as it is written. */
export interface ModuleMap {
  readonly kind: CellKind;
  /** The name of a layout (see `layoutsFor`), or its conventions one by one; PyTorch's when left out. */
  readonly layout?: string | LayoutSpec;
  readonly inputSize?: number;
  readonly hiddenSize?: number;
  readonly layers?: number;
  readonly bidirectional?: boolean;
  /** The one direction goes from the last step to the first. */
  readonly reverse?: boolean;
  /** Whether input and output have the batch first, which tensors do not tell. */
  readonly batchFirst?: boolean;
  /** Of an RNN: what tensors do not tell. */
  readonly nonlinearity?: Nonlinearity;
  /** Projection size of an LSTM. */
  readonly projection?: number;
  /** By PyTorch's names: `weight_ih_l0`, `bias_hh_l1_reverse`, `weight_hr_l0`, `peephole_l0`. */
  readonly slots: Readonly<Record<string, SlotValue>>;
}

/** How the tensors lie and what the cell adds; what is left out is as PyTorch has it. */
export interface LayoutSpec {
  /** PyTorch's letters in the order in which the blocks lie: `ifgo`, `zrn`. Blanks do not count. */
  readonly gates?: string;
  /** True where matrices have a column for each unit of a gate, as in x·W. */
  readonly transposed?: boolean;
  /** Of an LSTM: added to the forget gate in every step beside the biases of the file. */
  readonly forgetBias?: number;
  /** Of a GRU: false where the reset gate scales h before the product. */
  readonly resetAfter?: boolean;
  /** Of a GRU: true where the update gate is PyTorch's 1 − z. */
  readonly updateTurned?: boolean;
  /** Blocks of `peephole` in their order: `ifo` when left out. */
  readonly peepholes?: string;
}

/**
 * What fills a slot: the name of a tensor, a part of one, a list, or null for zeros.
 *
 * A list of as many items as there are gates, none of which says which gates it holds, has one for each gate in the
 * layout's order. Of any other list, what several items hold of one gate is added up.
 */
export type SlotValue = null | string | SlotPart | readonly (string | SlotPart)[];

/** A tensor, or a part of one. */
export interface SlotPart {
  readonly tensor: string;
  /** Indices on its first axes, such as the layer in a stacked tensor. */
  readonly index?: readonly number[];
  /** Rows that are taken, as the file has them: from the first, up to and without the second. Of a vector, its elements. */
  readonly rows?: Range;
  readonly columns?: Range;
  /** Whether the units of the gates are its columns; the layout says so when left out. */
  readonly transposed?: boolean;
  /** The gates that it holds, in their order; all of them, in the layout's order, when left out. */
  readonly gates?: string;
}

/** `[from]` or `[from, to]`; without `to` up to the end. */
export type Range = readonly [number] | readonly [number, number];

/** The parts of a slot's value in the order in which they are written; none of null. */
export function partsOf(value: SlotValue | undefined): readonly SlotPart[] {
  if (value === null || value === undefined) return [];
  const items = isList(value) ? value : [value];
  return items.map((item) => (typeof item === "string" ? { tensor: item } : item));
}

function isList(value: SlotValue): value is readonly (string | SlotPart)[] {
  return Array.isArray(value);
}

/** The shortest way to write parts: a name where nothing but it is said. */
export function slotValue(parts: readonly SlotPart[]): SlotValue {
  const written = parts.map((part) =>
    Object.values(part).filter((each) => each !== undefined).length === 1 ? part.tensor : part,
  );
  const [only = null] = written;
  return written.length > 1 ? written : only;
}
