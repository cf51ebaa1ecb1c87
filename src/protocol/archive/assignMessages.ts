/**
 * Messages about assigning tensors to a recurrent module by hand: guesses, the check of a map, what fits a slot, trials
 * against a reference, and what is done with a map in the end.
 */
import type { CellKind, Direction } from "../../model/config";
import type { ModuleMap, SlotPart, SlotValue } from "../../model/assign/map";
import type { DType } from "../../tensor/dtype";
import type { Shape } from "../../tensor/tensor";
import type { Text } from "../../core/text";

export type { CellKind, ModuleMap, SlotPart, SlotValue };

/** A map that was made before: in a run file, a file of its own, or in this workspace. */
export interface KnownMap {
  /** Base name of its file; null for one that was used without being saved. */
  readonly file: string | null;
  readonly map: ModuleMap;
}

export interface GuessRequest {
  readonly known: readonly KnownMap[];
  /** Tensors that the module is to be made of, as the user pointed at them; all where there are none. */
  readonly tensors: readonly string[];
}

/** A map that fits, and why it may be meant. */
export interface MapGuess {
  readonly map: ModuleMap;
  readonly constructorLine: string;
  readonly reason: Text;
  /** True for one that was made before. */
  readonly isKnown: boolean;
}

export interface MapGuesses {
  /** The likeliest first. */
  readonly guesses: readonly MapGuess[];
  /** How many others would fit. */
  readonly leftOut: number;
  /** What the form begins with where nothing fits. */
  readonly empty: ModuleMap;
}

/** A tensor, or a part of one, in its slot. */
export interface CheckedPart {
  readonly part: SlotPart;
  /** Letters of the gates it holds, in their order; none without gates. */
  readonly gates: readonly string[];
  readonly isTransposed: boolean;
  /** Of the whole tensor; null where there is none of this name. */
  readonly shape: Shape | null;
  /** Why it does not fit; null where it does. */
  readonly why: Text | null;
}

/** A slot of the module, whether anything is assigned to it or not. */
export interface CheckedSlot {
  /** `weight_ih_l0_reverse`. */
  readonly id: string;
  /** As formulas write it: `W_ih`, with a minus below. */
  readonly symbol: string;
  readonly layer: number;
  readonly direction: Direction;
  /** As PyTorch has it. */
  readonly expected: Shape;
  readonly axes: readonly string[];
  /** Letters of the gates in the order of the layout; none without gates. */
  readonly gates: readonly string[];
  readonly isOptional: boolean;
  readonly state: "fits" | "wrong" | "missing" | "zeros";
  /** Why it does not fit, or what stands there instead; null where there is nothing to say. */
  readonly why: Text | null;
  /** What would make it fit; null where nothing simple would. */
  readonly fix: SlotFix | null;
  readonly parts: readonly CheckedPart[];
}

/** A part of a slot in another way, with which it fits. */
export interface SlotFix {
  readonly index: number;
  readonly part: SlotPart;
  readonly how: Text;
}

/** A parameter of the module, and what it is made of. */
export interface MappedParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly from: readonly string[];
  readonly how: Text;
}

export interface NamedChoice {
  readonly id: string;
  readonly title: string;
}

/** Sizes as a map has them, or as they follow from the shapes. */
export interface MapSizes {
  /** null where nothing tells. */
  readonly inputSize: number | null;
  readonly hiddenSize: number | null;
  /** null for none. */
  readonly projection: number | null;
  readonly layers: number;
  readonly bidirectional: boolean;
}

/** What a map comes to with the tensors of the file. */
export interface CheckedMap {
  /** As far as the sizes are known. */
  readonly constructorLine: string;
  /** True where the module can be run. */
  readonly fits: boolean;
  /** Of the map as a whole. */
  readonly problems: readonly Text[];
  readonly sizes: MapSizes;
  readonly layouts: readonly NamedChoice[];
  /** Id of the layout; null where its conventions are written one by one. */
  readonly layout: string | null;
  readonly slots: readonly CheckedSlot[];
  /** Empty until the map fits. */
  readonly parameters: readonly MappedParameter[];
  readonly values: number;
  /** Tensors that no slot takes: how many, and the first names. */
  readonly unusedCount: number;
  readonly unused: readonly string[];
  /** What departs from PyTorch's cell, and what the file does not tell. */
  readonly remarks: readonly Text[];
}

export interface ChoicesRequest {
  readonly map: ModuleMap;
  /** Id of the slot. */
  readonly slot: string;
  /** A gate of it; null for the whole slot. */
  readonly gate: string | null;
  readonly query: string;
}

/** What can stand in a slot. */
export interface PartChoice {
  readonly part: SlotPart;
  readonly shape: Shape;
  readonly dtype: DType;
  /** `as it is`, `transposed`, `rows 0 … 7`. */
  readonly how: Text;
  readonly fits: boolean;
  /** Id of a slot that has it now; null where none has. */
  readonly usedBy: string | null;
}

export interface ChoicesPage {
  readonly total: number;
  /** The first of them: those that fit, then others. */
  readonly choices: readonly PartChoice[];
}

/** A map that was run against a reference. */
export interface MapTrial extends MapGuess {
  /** Largest difference of the output; null where it is not finite or could not be run. */
  readonly error: number | null;
  readonly reproduces: boolean;
  /** Of an RNN: the activation that it was run with. */
  readonly nonlinearity: "tanh" | "relu" | null;
  /** `reproduces output: max |Δ| …`, or why it could not be run. */
  readonly sentence: Text;
}

export interface MapTrials {
  readonly trials: readonly MapTrial[];
  /** What it was compared with: base name of the file, and of the input's. */
  readonly input: string;
  readonly reference: string;
  /** What is to be known of it. */
  readonly notes: readonly Text[];
}

/** Requests of the dialog. */
export interface AssignRequests {
  "assign/guesses": { params: { readonly tensors: readonly string[] }; result: MapGuesses };
  "assign/check": { params: { readonly map: ModuleMap }; result: CheckedMap };
  "assign/choices": { params: ChoicesRequest; result: ChoicesPage };
  /** The host asks for input and reference; null when the user gave up. `maps` are tried beside those that fit. */
  "assign/try": {
    params: { readonly map: ModuleMap; readonly guesses: readonly MapGuess[] };
    result: MapTrials | null;
  };
  "assign/run": { params: { readonly map: ModuleMap }; result: null };
  /** Base name of the file written; null when the user gave up. */
  "assign/save": { params: { readonly map: ModuleMap }; result: string | null };
  "assign/export": { params: { readonly map: ModuleMap }; result: null };
}

/** Events of the host. */
export interface AssignEvents {
  /** The dialog is to be opened, with the tensors that the user pointed at. */
  "assign/open": { readonly tensors: readonly string[] };
}
