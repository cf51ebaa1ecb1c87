/**
 * One direction of one layer over a sequence: what it computes with, and its states.
 */
import type { Direction } from "../../model/config";
import type { LayerParameters, Model } from "../base/model";
import type { Activation } from "./activations";
import type { RowOrder } from "./order";
import type { Switches } from "./switches";

/** The states of a direction of a layer: row b has them at (b · steps + s) · size, s in the order of processing. */
export interface LaneStates {
  readonly orders: readonly RowOrder[];
  /** Largest number of steps of a row. */
  readonly steps: number;
  /** What each step shows, (B, steps, R). */
  readonly h: Float64Array;
  /** (B, steps, H); empty for a cell without a cell state. */
  readonly c: Float64Array;
  /** Before the projection, (B, steps, H); empty without one. */
  readonly unprojected: Float64Array;
  /** Where each row began, (B, R) and (B, H). */
  readonly h0: Float64Array;
  readonly c0: Float64Array;
  /** After the last step, (B, R) and (B, H): what it shows. */
  readonly hn: Float64Array;
  readonly cn: Float64Array;
  /** `h0` and `c0` as the lane was given them. */
  readonly begin: Pick<LaneRun, "h0" | "c0">;
  /** What the lane read, and W_ih·x + b_ih of it, (T, B, G·H): another run of the same weights may take it. */
  readonly input: Float64Array;
  readonly weights: LayerParameters;
  readonly inputSums: Float64Array;
}

/** What a lane computes with. */
export interface LaneRun {
  readonly model: Model;
  readonly weights: LayerParameters;
  readonly direction: Direction;
  readonly switches: Switches;
  /** (T, B, inputSize). */
  readonly input: Float64Array;
  /** (B, R) and (B, H). */
  readonly h0: Float64Array;
  readonly c0: Float64Array;
  readonly round: Activation;
  readonly roundState: Activation;
  /** The same lane of an exact run, whose sums are taken where weights and input are the same. */
  readonly known?: Pick<LaneStates, "input" | "weights" | "inputSums"> | undefined;
}
