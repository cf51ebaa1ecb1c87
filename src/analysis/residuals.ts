/**
 * Every step of a reference judged by itself: how far its state is from one step of the network, begun in the
 * reference's own state before. An error that was made earlier and only travels does not show here.
 *
 * ‖h_t − F(h_(t−1), x_t)‖, both h of the reference: of the last layer, whose states `output` holds, or of any layer whose
 * states are given. Where an LSTM's c is not, it follows from h where o∘tanh(c) can be inverted, and from the step before
 * where it cannot.
 */
import { Bits } from "../core/bits";
import {
  createCell,
  widenWeights,
  type AffineSums,
  type Cell,
  type CellState,
  type WideWeights,
} from "../engine/readable/cells";
import { releaseProducts } from "../engine/products/kernelProducts";
import { multiplyEach } from "../engine/products/product";
import { roundingOf, type Rounding } from "../engine/base/rounding";
import type { ForwardInput, StateArray } from "../engine/base/engine";
import type { StepBlock } from "../engine/base/plan";
import type { ForwardTrace } from "../engine/base/trace";
import { stateSize, type Direction } from "../model/config";
import { directionIndexOf, directionsOf, slotOf } from "../model/directions";
import { gateOrder } from "../model/gates";
import { stepInProcessing, type Noise } from "./noise";
import { traceSteps, type StepValues } from "./steps";
import { sequenceLength } from "../model/sequence";

/** Of one quantity of one direction of a layer, at t · B + batch. */
export interface Residuals {
  /** The residual that is furthest past its floor; NaN where none can be known, and in padding. */
  readonly values: Float64Array;
  /** What rounding alone may make of it. */
  readonly floors: Float64Array;
  /** Elements past their floor, at (t · B + batch) · size + unit. */
  readonly outside: Bits;
}

/** h, c or a gate, with the reference's values of it. */
export interface JudgedQuantity {
  readonly quantity: string;
  /** (T, B, size) */
  readonly values: StepValues;
}

/** Half a unit in the last place of float32, relative. */
const HALF_UNIT = 2 ** -24;
/** An allowance of h past this leaves the layer above without a known input. */
const MOST_KNOWN = 1e-3;
/** Steps whose products are computed together: the weights are read once for all of them. */
const STEPS_AT_ONCE = 16;
/** Past this, tanh is too flat to tell its argument from its value. */
const STEEP = 0.995;

interface ResidualInput {
  readonly run: ForwardInput;
  readonly trace: ForwardTrace;
  /** The reference's h by direction, each (T, B, P). */
  readonly reference: readonly StepValues[];
  /** The layer that they are of; the last one when not given. */
  readonly layer?: number;
  /** The reference's c, (T, B, H), where it has one. */
  readonly cell?: StepValues | null;
  /** The reference's h of the layer below by direction, where it has all of it; else what our run hands up is read. */
  readonly below?: readonly StepValues[] | null;
  /** Where the layer below is chaotic, what the last layer has read is not known. */
  readonly noise: Noise | null;
  /** Rows of the batch; all when not given. */
  readonly rows?: readonly number[];
  /**
   * Steps that are wanted; all when not given. Before them only those are taken that tell a state: the one before, or all
   * where an LSTM's c is known from nothing else.
   */
  readonly steps?: StepBlock;
  /** Called again and again with the part of the row that is done; throws to end it. */
  readonly check: (fraction: number) => void;
}

/** The residuals of h in one direction of a layer. */
export function residualsOfDirection(input: ResidualInput, direction: Direction): Residuals {
  const values = input.reference[directionIndexOf(input.run.config, direction)]!;
  return residualsOfQuantities(input, direction, [{ quantity: "h", values }])[0]!;
}

/** The residuals of h, c and gates of one direction of a layer. c is unknown where the reference's c is not given. */
export function residualsOfQuantities(
  input: ResidualInput,
  direction: Direction,
  judged: readonly JudgedQuantity[],
): Residuals[] {
  try {
    return new ResidualWalk(input, direction, judged).run();
  } finally {
    releaseProducts();
  }
}

/** What is known of the cell state before a step: its values, and how far they may be off; NaN where unknown. */
interface BelievedCell {
  readonly c: Float64Array;
  readonly error: Float64Array;
}

/** What is known of a step before it is computed. */
interface KnownStep {
  readonly x: Float64Array;
  /** What the reference has of it. */
  readonly wanted: Float64Array;
  readonly sums: AffineSums;
}

/** One direction of a layer, row by row in the order of processing. */
class ResidualWalk {
  readonly #input: ResidualInput;
  readonly #direction: Direction;
  readonly #at: number;
  readonly #layer: number;
  readonly #cell: Cell;
  readonly #weights: WideWeights;
  readonly #round: Rounding;
  readonly #previous: CellState;
  readonly #next: CellState;
  readonly #believed: BelievedCell;
  readonly #floor: number;
  /** How far an error of c moves a gate, at most: the largest weight that looks at it. */
  readonly #look: number;
  readonly #judged: readonly (JudgedQuantity & { readonly found: Residuals })[];

  constructor(input: ResidualInput, direction: Direction, judged: readonly JudgedQuantity[]) {
    const { config, weights, seqLength, batchSize, precision } = input.run;
    this.#input = input;
    this.#direction = direction;
    this.#at = directionIndexOf(config, direction);
    this.#layer = input.layer ?? config.numLayers - 1;
    const own = weights[this.#layer]![this.#at]!;
    this.#weights = widenWeights(own);
    this.#round = roundingOf(precision);
    this.#cell = createCell(config, this.#weights, this.#round);
    const [P, H] = [stateSize(config), config.cell === "LSTM" ? config.hiddenSize : 0];
    const state = (): CellState => ({
      h: new Float64Array(P),
      c: H === 0 ? null : new Float64Array(H),
    });
    this.#previous = state();
    this.#next = state();
    this.#believed = { c: new Float64Array(H), error: new Float64Array(H) };
    this.#floor = 4 * Math.sqrt(own.inputSize + config.hiddenSize) * HALF_UNIT;
    this.#look = Math.max(0, ...Float64Array.from(own.peephole ?? [], Math.abs));
    const rows = seqLength * batchSize;
    this.#judged = judged.map((each) => ({
      ...each,
      found: {
        values: new Float64Array(rows).fill(NaN),
        floors: new Float64Array(rows),
        outside: new Bits(rows * (each.quantity === "h" ? P : config.hiddenSize)),
      },
    }));
  }

  /** By quantity, in their order. */
  run(): Residuals[] {
    const { batchSize, lengths, seqLength } = this.#input.run;
    for (const row of this.#input.rows ?? Array.from({ length: batchSize }).keys()) {
      this.#begin(row);
      const steps = this.#stepsOf(row, sequenceLength({ lengths, seqLength }, row));
      for (let from = 0; from < steps.length; from += STEPS_AT_ONCE) {
        this.#input.check(from / steps.length);
        this.#walk(row, steps.slice(from, from + STEPS_AT_ONCE));
      }
    }
    return this.#judged.map(({ found }) => found);
  }

  /** The steps of a row that are walked, in the order of processing. */
  #stepsOf(row: number, length: number): number[] {
    const steps: number[] = [];
    for (let s = this.#firstOf(row, length); s < length; s++) {
      const t = stepInProcessing(this.#direction, s, length);
      if (this.#isPast(t)) break;
      steps.push(t);
    }
    return steps;
  }

  /** Each step begins in the reference's own state, so that what some of them multiply is known before the first. */
  #walk(row: number, steps: readonly number[]): void {
    const wanted = steps.map((t) => this.#rowOf(this.#input.reference[this.#at]!, row, t));
    const inputs = steps.map((t) => this.#read(row, t));
    const { weightIh, weightHh, biasIh, biasHh } = this.#weights;
    const before = [this.#previous.h, ...wanted.slice(0, -1)];
    const ofInput = multiplyEach({ matrix: weightIh, bias: biasIh }, inputs);
    const ofState = multiplyEach({ matrix: weightHh, bias: biasHh }, before);
    steps.forEach((t, at) => {
      const sums = {
        ofInput: ofInput[at]!.map(this.#round),
        ofState: ofState[at]!.map(this.#round),
      };
      this.#step(row, t, { x: inputs[at]!, wanted: wanted[at]!, sums });
    });
  }

  #begin(row: number): void {
    const { config, h0, c0, batchSize } = this.#input.run;
    const slot = slotOf(config, this.#layer, this.#direction) * batchSize + row;
    const put = (target: Float64Array, values: StateArray | null): void => {
      const size = target.length;
      if (values === null) target.fill(0);
      else target.set(values.subarray(slot * size, (slot + 1) * size));
    };
    put(this.#previous.h, h0);
    put(this.#believed.c, c0);
    this.#believed.error.fill(0);
  }

  /** The step in processing to begin with; begins in the reference's state before it. */
  #firstOf(row: number, length: number): number {
    const { steps, reference, cell } = this.#input;
    const { c, h } = this.#previous;
    if (steps === undefined) return 0;
    const first = Math.min(steps.from, length - 1);
    const last = Math.min(steps.to, length) - 1;
    const s = this.#direction === "reverse" ? length - 1 - last : first;
    if (s <= 0 || (c !== null && cell == null)) return 0;
    const before = stepInProcessing(this.#direction, s - 1, length);
    h.set(this.#rowOf(reference[this.#at]!, row, before));
    if (cell != null) this.#know(this.#rowOf(cell, row, before));
    return s;
  }

  #isPast(t: number): boolean {
    const { from, to } = this.#input.steps ?? { from: 0, to: Infinity };
    return this.#direction === "reverse" ? t < from : t >= to;
  }

  #step(row: number, t: number, { x, wanted, sums }: KnownStep): void {
    const { batchSize } = this.#input.run;
    this.#previous.c?.set(this.#believed.c);
    this.#cell.step(x, this.#previous, this.#next, sums);
    if (this.#isInputKnown(row, t)) {
      const sums = this.#largestSum();
      const index = t * batchSize + row;
      for (const { quantity, values, found } of this.#judged) {
        this.#judge(quantity, this.#rowOf(values, row, t), { found, index, sums });
      }
    }
    const { cell } = this.#input;
    if (cell == null) this.#believe(wanted);
    else this.#know(this.#rowOf(cell, row, t));
    this.#previous.h.set(wanted);
  }

  /** A row of a step, of values that are (T, B, size). */
  #rowOf(values: StepValues, row: number, t: number): Float64Array {
    const step = values.read(t, t + 1);
    const size = step.length / this.#input.run.batchSize;
    return Float64Array.from(step.subarray(row * size, (row + 1) * size));
  }

  /** What the layer reads at a step. */
  #read(row: number, t: number): Float64Array {
    const { run, trace, below } = this.#input;
    const { config, input, batchSize } = run;
    if (this.#layer === 0) {
      const size = config.inputSize;
      const from = (t * batchSize + row) * size;
      return Float64Array.from(input.subarray(from, from + size));
    }
    const parts = directionsOf(config).map((_, directionIndex) => {
      const own = { layer: this.#layer - 1, directionIndex };
      return this.#rowOf(below?.[directionIndex] ?? traceSteps(trace, "h", own), row, t);
    });
    return Float64Array.from(parts.flatMap((part) => [...part]));
  }

  #isInputKnown(row: number, t: number): boolean {
    const { run, noise, below } = this.#input;
    if (this.#layer === 0 || below != null || noise === null) return true;
    return noise.allowance[this.#layer - 1]!.every(
      (lane) => lane[t * run.batchSize + row]! < MOST_KNOWN,
    );
  }

  #judge(
    quantity: string,
    wanted: Float64Array,
    { found, index, sums }: { found: Residuals; index: number; sums: number },
  ): void {
    const computed = this.#computed(quantity);
    const errorOf = this.#errors(quantity);
    let worst = -1;
    for (let unit = 0; unit < wanted.length; unit++) {
      const [own, error] = [computed[unit]!, errorOf(unit)];
      // A step that was begun in what is no number tells nothing.
      if (Number.isNaN(error) || Number.isNaN(own)) continue;
      const magnitude = Number.isFinite(own) ? Math.abs(own) : 0;
      const floor = this.#floor * Math.max(sums, magnitude) + error;
      const distance = own === wanted[unit] ? 0 : Math.abs(own - wanted[unit]!);
      const residual = Number.isNaN(distance) ? Infinity : distance;
      if (residual > floor) found.outside.set(index * wanted.length + unit);
      if (residual / floor <= worst) continue;
      worst = residual / floor;
      found.values[index] = residual;
      found.floors[index] = floor;
    }
  }

  /** What the step gave. */
  #computed(quantity: string): Float64Array {
    if (quantity === "h") return this.#next.h;
    if (quantity === "c") return this.#next.c!;
    const { cell, hiddenSize } = this.#input.run.config;
    const from = gateOrder[cell].indexOf(quantity) * hiddenSize;
    return this.#cell.record.gates.subarray(from, from + hiddenSize);
  }

  /** How far a unit may be off since c before the step is not known exactly. */
  #errors(quantity: string): (unit: number) => number {
    const { error } = this.#believed;
    if (quantity !== "h" && quantity !== "c") {
      return this.#look === 0 ? () => 0 : (unit) => this.#look * error[unit]!;
    }
    // An LSTM's h depends on every unit's c where it is projected.
    if (quantity === "c" || error.length === this.#next.h.length) return (unit) => error[unit]!;
    const common = error.reduce((sum, own) => sum + own, 0);
    return () => common;
  }

  /** The largest pre-activation of the step, 1 at least: large sums are rounded more coarsely. */
  #largestSum(): number {
    let largest = 1;
    for (const sum of this.#cell.record.preActivations) {
      const size = Math.abs(sum);
      if (size > largest && size !== Infinity) largest = size;
    }
    return largest;
  }

  /** What c is after a step, as the reference has it. */
  #know(values: Float64Array): void {
    const { c, error } = this.#believed;
    c.set(values);
    values.forEach((value, unit) => {
      error[unit] = HALF_UNIT * Math.abs(value);
    });
  }

  /** What c is after a step, from the reference's h. */
  #believe(wanted: Float64Array): void {
    const { c, error } = this.#believed;
    if (this.#next.c === null) return;
    const H = c.length;
    const isPlain = wanted.length === H;
    const { gates } = this.#cell.record;
    for (let unit = 0; unit < H; unit++) {
      const ratio = isPlain ? wanted[unit]! / gates[3 * H + unit]! : NaN;
      if (Math.abs(ratio) < STEEP && !this.#input.run.config.variant.peephole) {
        c[unit] = Math.atanh(ratio);
        error[unit] = (8 * HALF_UNIT) / (gates[3 * H + unit]! * (1 - ratio * ratio));
        continue;
      }
      const isOff =
        isPlain && Math.abs(this.#next.h[unit]! - wanted[unit]!) > 4 * this.#floor + error[unit]!;
      c[unit] = this.#next.c[unit]!;
      error[unit] = isOff ? NaN : error[unit]! * gates[H + unit]! + 8 * HALF_UNIT;
    }
  }
}
