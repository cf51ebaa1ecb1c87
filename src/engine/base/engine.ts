/**
 * The contract of an engine: it runs one direction of one layer over a span of steps.
 *
 * `forward.ts` orders layers, directions and spans, and stores the states, in the same way for every engine.
 */
import type { NetworkWeights } from "../../model/bind";
import type { Direction, RecurrentConfig } from "../../model/config";

/** float32 precision keeps its values in Float32Array, float64 in Float64Array. */
export type StateArray = Float32Array | Float64Array;

/**
 * The type that numbers are rounded to: `f32` and `f64` as in torch; `f16` and `bf16` after every operation, like a
 * network that computes natively in them. Values are stored in Float32Array, those of `f64` in Float64Array.
 */
export type Precision = "f32" | "f64" | "f16" | "bf16";

/** A network to run, the same for all its spans. */
export interface Network {
  readonly config: RecurrentConfig;
  readonly weights: NetworkWeights;
  readonly batchSize: number;
  /** Valid steps of each batch row, counted from t = 0; null when all rows have every step. */
  readonly lengths: readonly number[] | null;
  readonly precision: Precision;
}

/** A network with the sequence it reads. */
export interface ForwardInput extends Network {
  /** Time-major: (T, B, I). */
  readonly input: StateArray;
  readonly seqLength: number;
  /** (L·D, B, P); null for zeros. */
  readonly h0: StateArray | null;
  /** (L·D, B, H); null for zeros and for cells without a cell state. */
  readonly c0: StateArray | null;
}

/** The state that a step hands to the next, for all batch rows: h (B, P or H), c (B, H) for an LSTM. */
export interface CarriedState {
  readonly h: StateArray;
  readonly c: StateArray | null;
}

/**
 * Steps from…to (exclusive) of one direction of one layer, in time's order; a reverse direction walks them backwards.
 *
 * A batch row takes part at t < its length. Where it does not, h and c are written as 0 and its carried state stays:
 * so a reverse row begins at its own last step, and a forward row's state is the one at its own end.
 */
export interface Span {
  readonly layer: number;
  readonly directionIndex: number;
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
  /** The layer's input, parts side by side along the features, each (to − from, B, features of the part). */
  readonly x: readonly StateArray[];
  /** Before the first processed step when the span starts, after the last one when it is done. */
  readonly state: CarriedState;
  /** Written: (to − from, B, P or H). */
  readonly h: StateArray;
  /** Written: (to − from, B, H); null where c is not wanted, or the cell has none. */
  readonly c: StateArray | null;
}

/** Runs spans of one network. */
export interface ForwardEngine {
  /** How the engine computes, shown in the details of a run. */
  readonly path: "readable" | "simd" | "relaxed-simd";
  /** The number of threads, the caller's included. */
  readonly threads: number;
  /** Multiplications in one call of `run`, or between two pauses of it: well under 50 ms. */
  readonly multiplicationsPerRun: number;
  /** The number of spans that run at the same time when they are given together. */
  readonly spansAtOnce: number;
  /** The preferred number of steps of a span. If these take longer, `run` makes pauses. */
  readonly stepsPerSpan: number;
  /**
   * Runs spans that do not depend on each other, possibly side by side, and returns when all are done.
   *
   * `pause` receives the finished part, 0…1; when it throws, the spans stay unfinished.
   */
  run(spans: readonly Span[], pause?: (fraction: number) => void): void;
  /**
   * Runs a short sequence in one call and returns all its states in one array, laid out as in `stateLengths`; null when
   * the sequence should run by spans.
   */
  runShort?(run: ForwardInput): StateArray | null;
  /** Frees memory and threads; the engine must not be used afterwards. */
  dispose(): void;
}
