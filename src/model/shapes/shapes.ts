/**
 * The shape check: axes, found and expected shape of each tensor of a run, and the first mismatch.
 */
import type { Shape } from "../../tensor/tensor";
import type { Text } from "../../core/text";
import type { RecurrentConfig } from "../config";
import type { Clash, ClashCause, Refusal } from "./clash";
import type { GivenName } from "../given";
import type { Head } from "../find/head";

export interface ShapeRow {
  /** Name as the file or PyTorch writes it, e.g. `input`, `weight_ih_l0`, `h0`, `reference output`. */
  readonly name: string;
  /** Axes in the field's letters, e.g. `["T", "B", "I"]`, `["H", "D·H"]`. */
  readonly axes: readonly string[];
  /** null when the tensor is missing. */
  readonly found: Shape | null;
  /** null when nothing is expected under this name. */
  readonly expected: Shape | null;
  readonly status: "ok" | "mismatch" | "missing" | "unexpected";
  /** Where the expectation comes from, or why it clashes. */
  readonly reason: Text;
}

export interface ShapeCheck {
  readonly rows: readonly ShapeRow[];
  /** What stops the run; null when it runs. */
  readonly clash: Clash | Refusal | null;
  /** Why it clashes; null when it runs, or when there is nothing to say. */
  readonly cause: ClashCause | null;
  /** What readers noted about a missing tensor. */
  readonly hints: readonly Text[];
  /** The two factors of the product that does not fit, for the drawing; null when none. */
  readonly product: {
    readonly left: { readonly label: string; readonly shape: Shape };
    readonly right: { readonly label: string; readonly shape: Shape };
  } | null;
  /** What PyTorch would print, exactly; null when it runs, or when PyTorch says nothing. */
  readonly pytorch: string | null;
}

/** What is known of a clash: what clashes, why, and what PyTorch would say. */
export interface KnownClash extends Pick<ShapeCheck, "cause" | "product" | "pytorch"> {
  readonly clash: Clash;
}

/** A row, and the clash if it stops the run. */
export interface CheckedRow {
  readonly row: ShapeRow;
  readonly clash: KnownClash | null;
}

/** The shapes and tokens of the layers around the module. */
export interface SurroundingShapes {
  /** The input if it consists of tokens; null for a sequence of features. */
  readonly tokens: {
    readonly shape: Shape;
    /** The first token that the table has no row for, and its position among all of them. */
    readonly bad: { readonly token: number; readonly position: number } | null;
  } | null;
  readonly embedding: { readonly name: string; readonly shape: Shape } | null;
  readonly linear: {
    readonly name: string;
    /** The tensor's name, the embedding's where the table is shared. */
    readonly weightName: string;
    readonly weight: Shape;
    readonly bias: Shape | null;
  } | null;
  /** null when the linear layer does not run. */
  readonly head: Head | null;
  readonly referenceEmbedded: Shape | null;
  readonly referenceLogits: Shape | null;
}

/** A state or a gate of a reference by its name in the file. */
export interface StateShape {
  readonly name: string;
  readonly quantity: string;
  readonly found: Shape;
  readonly fits: boolean;
}

/** The tensors of a run as far as their shapes go; null where none was given. */
export interface ShapeInputs {
  readonly config: RecurrentConfig;
  /** By name without the prefix. */
  readonly parameters: ReadonlyMap<string, { readonly shape: Shape }>;
  readonly input: Shape;
  readonly h0: Shape | null;
  readonly c0: Shape | null;
  readonly lengths: readonly number[] | null;
  /** The names among h0, c0 and lengths whose values come from the weights file; none by default. */
  readonly own?: readonly GivenName[];
  /** Why a run would not be what the file says; none where nothing is said. */
  readonly refusals?: readonly Text[];
  readonly referenceOutput: Shape | null;
  readonly referenceHn: Shape | null;
  readonly referenceCn: Shape | null;
  /** The states of a reference inside the layers; none where nothing is said. */
  readonly referenceStates?: readonly StateShape[];
  /** The layers around the module; absent for a bare module. */
  readonly surrounding?: SurroundingShapes;
}
