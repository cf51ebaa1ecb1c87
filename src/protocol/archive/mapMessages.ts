/**
 * Messages about module maps: guesses, and the check of what a person has assigned.
 */
import type { ModuleMap, SlotValue } from "../../model/assign/map";
import type { CellKind, Direction, Nonlinearity } from "../../model/config";
import type { ParameterRole } from "../../model/parameters";
import type { Shape } from "../../tensor/tensor";
import type { Text } from "../../core/text";

export type { CellKind, ModuleMap, SlotValue };

/** Another value of a slot, with which it would fit. */
export interface SlotRemedy {
  /** "transposed it would fit". */
  readonly sentence: Text;
  /** The whole value of the slot as it would be then. */
  readonly value: SlotValue;
}

/** A parameter of the module as its map fills it. */
export interface SlotView {
  /** `weight_ih_l0`: the key in `slots` of the map. */
  readonly slot: string;
  readonly role: ParameterRole;
  readonly layer: number;
  readonly direction: Direction;
  /** PyTorch's shape, and its axes in the field's letters; empty where the sizes are not known. */
  readonly expected: Shape;
  readonly axes: readonly string[];
  /** `zeros`: nothing fills it, and it may be left so. `missing`: a weight has to. */
  readonly state: "fits" | "misfit" | "missing" | "zeros";
  readonly tensors: readonly string[];
  /** That it fits, or why not and what would. */
  readonly sentence: Text;
  readonly remedies: readonly SlotRemedy[];
}

/** A map beside the tensors of the file. */
export interface MapView {
  /** `nn.LSTM(3, 5)`; null where the sizes are not known. */
  readonly constructorLine: string | null;
  readonly sizes: {
    readonly inputSize: number;
    readonly hiddenSize: number;
    readonly layers: number;
    readonly bidirectional: boolean;
    readonly projection: number;
  } | null;
  /** All parameters of the module in PyTorch's order. */
  readonly slots: readonly SlotView[];
  /** What is wrong with the map as a whole, or with its JSON. */
  readonly problems: readonly Text[];
  readonly notes: readonly Text[];
  /** True where the module can be made and run. */
  readonly fits: boolean;
}

/** A map that the shapes allow. */
export interface GuessView {
  readonly map: ModuleMap;
  readonly constructorLine: string;
  /** Why it stands where it stands, a sentence each. */
  readonly reasons: readonly Text[];
}

/** Guesses, the best first. */
export interface GuessesView {
  readonly guesses: readonly GuessView[];
  /** Those that were found and are not among them. */
  readonly leftOut: number;
}

/** A map beside a reference. */
export interface RankedMap {
  /** As it was given, or the variation of it that is nearest to the reference. */
  readonly map: ModuleMap;
  /** Largest difference from the reference; null where it was not run. */
  readonly error: number | null;
  /** True where only rounding remains. */
  readonly reproduces: boolean;
  /** Of an RNN: the activation that it was run with. */
  readonly nonlinearity: Nonlinearity | null;
}

/** Maps ranked by a reference, the best first. */
export interface RankedMaps {
  readonly ranked: readonly RankedMap[];
  /** How many networks were run, and how many were left out. */
  readonly sentence: Text;
}

/** A layout that a map may name. */
export interface LayoutChoice {
  readonly id: string;
  /** Names of frameworks, the order of gates: the same in every language. */
  readonly title: string;
}

export interface MapRequests {
  /** The layouts that a map of a kind is offered, PyTorch's first. */
  "map/layouts": { params: { readonly kind: CellKind }; result: readonly LayoutChoice[] };
  /** Maps that the shapes of the file allow; of all kinds where it is null. */
  "map/guess": { params: { readonly kind: CellKind | null }; result: GuessesView };
  /** `map` may be any JSON: what is wrong with it is among the problems. */
  "map/check": { params: { readonly map: unknown }; result: MapView };
}
