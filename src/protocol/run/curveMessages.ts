/**
 * Messages about curves over time: norms and differences, where an error is made, gradients.
 */
import type { Flow } from "../../analysis/gradientFlow";
import type { Place, StateName } from "../../engine/base/trace";
import type { Direction } from "../../model/config";
import type { Text } from "../../core/text";
import type { WireNumber } from "../wire";
import type { LaneId } from "./windowMessages";

export interface TimelineRequest {
  readonly lane: LaneId;
  readonly stateName: StateName;
  readonly batch: number;
  readonly maxColumns: number;
}

/** One value a column; a column covers one step, or the largest of a block of steps. */
export interface Timeline {
  /** ‖h_t‖₂ of the lane, or ‖c_t‖₂. */
  readonly norm: Float32Array;
  /** max over units |ours − reference|; empty without a reference for the lane. */
  readonly maxDelta: Float32Array;
  /** What rounding may make of it, the largest of the column's steps; as long as `maxDelta`. */
  readonly floor: Float32Array;
  /** 1 where a value is outside tolerance; as long as `maxDelta`. */
  readonly outside: Uint8Array;
}

/** One direction of a layer, one row of the batch, the steps from…to. */
export interface ResidualRequest {
  readonly from: number;
  readonly to: number;
  readonly layer: number;
  readonly direction: Direction;
  readonly batch: number;
  readonly maxColumns: number;
}

/**
 * Where the error of a reference is made, and where it only travels. One value a column, as in a timeline: the largest
 * of its steps; NaN where it cannot be known.
 */
export interface ResidualCurve {
  /** max over units |ours − reference|. */
  readonly carried: Float32Array;
  /** How far the reference's state is from one step of the network that begins in its own state before. */
  readonly made: Float32Array;
  /** What rounding alone may make of `made`. */
  readonly floor: Float32Array;
}

/** A scalar of the run whose gradient is asked for. */
export type LossChoice =
  /** Σ output. */
  | { readonly kind: "sum" }
  /** Σ of output at the last step of each sequence. */
  | { readonly kind: "last" }
  /** One unit of one state. */
  | { readonly kind: "unit"; readonly place: Place; readonly stateName: StateName };

/** Steps stepStart…stepEnd (exclusive) of one direction of one layer. */
export interface GradientRequest extends Pick<Place, "layer" | "direction" | "batch"> {
  readonly loss: LossChoice;
  readonly stepStart: number;
  readonly stepEnd: number;
  readonly maxColumns: number;
}

export interface GradientCurve {
  /** ‖∂L/∂h_t‖₂ a column, the largest of its steps; float64, since gradients fall below what float32 holds. */
  readonly norm: Float64Array;
  /** The loss itself. */
  readonly value: WireNumber;
  readonly flow: Flow;
  /** Whether the gradient vanishes or explodes over all steps. */
  readonly sentence: Text;
  /** The same of an engine that the run was compared with; null where none has it. */
  readonly reference: GradientReference | null;
}

/** A gradient that is not ours. */
export interface GradientReference {
  /** Name of the engine. */
  readonly title: string;
  /** As `norm` of the curve. */
  readonly norm: Float64Array;
  readonly agrees: boolean;
  /** How far it is from ours. */
  readonly sentence: Text;
}
