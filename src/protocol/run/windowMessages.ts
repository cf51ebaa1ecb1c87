/**
 * Messages about the values of lanes: windows of them, and the final states.
 */
import type { Side } from "../../analysis/laneMeasures/laneRows";
import type { DeltaAs } from "../../analysis/numbers/deltaAs";
import type { Place, StateName } from "../../engine/base/trace";
import type { Direction } from "../../model/config";

/**
 * A row of the unrolled view: `input`, `output`, or one direction of a layer; `tokens` below an input that is made of them,
 * `logits` above the output where a linear layer follows.
 */
export type LaneId =
  | "tokens"
  | "input"
  | "output"
  | "logits"
  | `layer${number}.${Direction}`
  /** One quantity of it: h, c or a gate, whatever state is shown. */
  | `layer${number}.${Direction}.${string}`;

export type { DeltaAs, Side };

/** What the units of a lane are ordered by, from its top row down. */
export type UnitSort =
  /** How large their values are, the most active one first; or which are alike, in groups. */
  | { readonly by: "activity" | "clusters" }
  /** How like another unit they are over time, that of a lane. */
  | { readonly by: "likeness"; readonly lane: LaneId; readonly unit: number }
  /** How much more active they are in some steps than elsewhere; half open. */
  | { readonly by: "span"; readonly steps: readonly [from: number, to: number] };

export interface UnitOrderRequest {
  readonly lane: LaneId;
  readonly stateName: StateName;
  readonly batch: number;
  readonly order: UnitSort;
}

/** The units of a lane in an order. */
export interface UnitOrder {
  /** From the top row down. */
  readonly units: Uint32Array;
  /** Of clusters: half-open ranges of rows that are a group. */
  readonly groups: readonly (readonly [from: number, to: number])[];
  /** Of a span: units that stand out in it, and other spans of steps where they do. */
  readonly active: readonly number[];
  readonly spans: readonly (readonly [from: number, to: number])[];
}

export interface WindowRequest {
  readonly lane: LaneId;
  /** `c` only where the lane has one. */
  readonly stateName: StateName;
  readonly side: Side;
  readonly batch: number;
  /** Half-open ranges. */
  readonly stepStart: number;
  readonly stepEnd: number;
  readonly unitStart: number;
  readonly unitEnd: number;
  /** Most columns and rows wanted; a larger window is aggregated into that many blocks. */
  readonly maxColumns: number;
  readonly maxRows: number;
  /** Rows are units in this order, and the range of units is one of rows; by their numbers when not given. */
  readonly order?: UnitSort;
  /** How the difference is measured; by itself when not given. */
  readonly as?: DeltaAs;
  /** Ids of mistakes: the run under them stands in for a reference that does not have the lane. */
  readonly under?: readonly string[];
}

/**
 * Values of a window, row-major (rows = units, columns = steps). Where blocks are aggregated a cell holds the value
 * of largest magnitude in its block, NaN if the block has one: a single bad value still shows.
 */
export interface WindowData {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** 1 where the block holds an element outside tolerance; all 0 without a reference. */
  readonly outside: Uint8Array;
  /** 1 where the block holds a valid step; 0 in the padding behind a sequence's length. */
  readonly valid: Uint8Array;
  /** Of gates: 99.5 % of a sample of the row's values lie no further from their middle. */
  readonly span?: number;
  /** Of gates, where not every step of the window was computed. */
  readonly computed?: { readonly steps: number; readonly of: number };
}

/** A step with a state outside tolerance, in the order of dependency. */
export interface DivergenceRequest {
  readonly want: "first" | "previous" | "next" | "worst";
  /** Where `previous` and `next` start; behind the last one comes the first. */
  readonly from: Place;
  readonly stateName: StateName;
}

export interface DivergenceAnswer {
  /** null where no state of the run is outside tolerance. */
  readonly place: Place | null;
}

export interface FinalStatesRequest {
  readonly stateName: StateName;
  readonly side: Side;
  readonly batch: number;
  /** As of a window. */
  readonly as?: DeltaAs;
}

/** h_n or c_n of one batch row: (L·D, P or H), row-major. */
export interface FinalStates {
  readonly slots: number;
  readonly units: number;
  readonly values: Float32Array;
  readonly outside: Uint8Array;
}
