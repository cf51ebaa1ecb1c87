/**
 * The overview of a part of a lane: blocks of steps summed up while the run is measured, so that the first pictures of a
 * long run need not read (or compute) all of its steps again.
 */
import { largerMagnitude } from "../../core/numeric";
import type { StepBlock } from "../../engine/base/plan";
import { sequenceLength } from "../../model/sequence";
import { difference } from "../compare";
import { byStepOfRow, type Row, type Side } from "./laneRows";
import { contextOf, type LaneContext, type LanePart } from "../lanes";
import { addOutside, keepWorst } from "./worstCells";

/** Values of a part and batch row that are read about as quickly as an overview of them. */
const LEAST_VALUES = 2 ** 20;
/** Cells of a batch row: 64 steps each for 100,000 steps of 1,024 units. */
const MOST_CELLS = 2 ** 21;
/** Cells of all parts of a run, with 5 to 13 bytes each. */
const MOST_OF_RUN = 2 ** 23;

/** What is kept of one row of the batch. */
interface RowOverview {
  /** Values of largest magnitude, at block · units + unit. */
  readonly cells: Readonly<Record<Side, Float32Array | null>>;
  readonly outside: Uint8Array | null;
  /** Of each step: the sum of the squares of ours, the largest |ours − reference|, and whether one is outside. */
  readonly squares: Float64Array;
  readonly deltas: Float32Array | null;
  readonly hasOutside: Uint8Array | null;
}

/** Holds the blocks of the first rows of the batch, which are gathered on a walk along the part, each step once. */
export class Overview {
  readonly units: number;
  /** Steps of a block, a power of two. */
  readonly blockSteps: number;
  readonly blocks: number;
  readonly #part: LanePart;
  readonly #context: LaneContext;
  readonly #rows: readonly RowOverview[];
  readonly #cellOf: Int32Array;

  /** `cells` is the room for all rows that are kept. */
  constructor(part: LanePart, context: LaneContext, blockSteps: number, cells: number) {
    const { units, reference } = part;
    const { seqLength, batchSize } = context;
    this.units = units;
    this.blockSteps = blockSteps;
    this.blocks = Math.ceil(seqLength / blockSteps);
    this.#part = part;
    this.#context = contextOf(context, part.of);
    this.#cellOf = Int32Array.from({ length: units }, (_, unit) => unit);
    const size = this.blocks * units;
    const has = reference !== null;
    const rows = Math.min(batchSize, Math.max(1, Math.floor(cells / size)));
    this.#rows = Array.from({ length: rows }, () => ({
      cells: {
        ours: new Float32Array(size),
        reference: has ? new Float32Array(size) : null,
        delta: has ? new Float32Array(size) : null,
      },
      outside: has ? new Uint8Array(size) : null,
      squares: new Float64Array(seqLength),
      deltas: has ? new Float32Array(seqLength) : null,
      hasOutside: has ? new Uint8Array(seqLength) : null,
    }));
  }

  /** What is kept of a row of the batch; undefined of one that is not. */
  row(batch: number): RowOverview | undefined {
    return this.#rows[batch];
  }

  /** True where no block reaches over two of the columns that the steps are cut into. */
  fits({ from, to }: StepBlock, columns: number): boolean {
    const { blockSteps } = this;
    const { seqLength } = this.#context;
    const isEdge = (step: number): boolean => step % blockSteps === 0 || step === seqLength;
    if (!isEdge(from) || !isEdge(to)) return false;
    return columns === 1 || (to - from) % (columns * blockSteps) === 0;
  }

  /** Adds steps, whose values of ours the caller has read. */
  add({ from, to }: StepBlock, ours: Row["ours"]): void {
    const { batchSize } = this.#context;
    const reference = this.#part.reference?.read(from, to) ?? null;
    for (let batch = 0; batch < this.#rows.length; batch++) {
      const kept = this.#rows[batch]!;
      for (let step = from; step < to; step++) {
        const offset = ((step - from) * batchSize + batch) * this.units;
        const shift = Math.floor(step / this.blockSteps) * this.units;
        kept.squares[step] = this.#addOurs(kept.cells.ours!, ours, offset, shift);
        if (reference === null) continue;
        const row = this.#rowOf({ ours, reference, offset }, step * batchSize + batch);
        const largest = this.#addReference(kept, row, reference, shift);
        if (step >= sequenceLength(this.#context, batch)) continue;
        const place = { cellOf: this.#cellOf, shift, from: 0, to: this.units };
        if (addOutside(kept.outside!, row, place, this.#context)) kept.hasOutside![step] = 1;
        kept.deltas![step] = largest;
      }
    }
  }

  #rowOf(values: Pick<Row, "ours" | "reference" | "offset">, index: number): Row {
    const { units, noise: noises, byStep } = this.#part;
    const noise = noises?.[index] ?? 0;
    const { ours, reference, offset } = values;
    const row = { ours, reference, offset, noise };
    return { ...row, byStep: byStep && byStepOfRow(row, { units, byStep, index }) };
  }

  /** Returns the sum of the squares of the row. One loop for all of it, since this is done for every value of a run. */
  #addOurs(cells: Float32Array, ours: Row["ours"], offset: number, shift: number): number {
    let squares = 0;
    for (let unit = 0; unit < this.units; unit++) {
      const value = ours[offset + unit]!;
      squares += value * value;
      keepWorst(cells, shift + unit, value);
    }
    return squares;
  }

  /** Returns the largest |ours − reference| of the row. */
  #addReference(
    { cells }: RowOverview,
    { ours, offset }: Row,
    reference: Row["ours"],
    shift: number,
  ): number {
    const { equalNan } = this.#context.tolerance;
    const references = cells.reference!;
    const deltas = cells.delta!;
    let largest = 0;
    for (let unit = 0; unit < this.units; unit++) {
      const expected = reference[offset + unit]!;
      const delta = difference(ours[offset + unit]!, expected, equalNan);
      const size = Math.abs(delta);
      keepWorst(references, shift + unit, expected);
      keepWorst(deltas, shift + unit, delta);
      if (!(size <= largest)) largest = largerMagnitude(largest, size);
    }
    return largest;
  }
}

/** Σ v² of the values of ours in a row. */
export function sumOfSquares(
  { ours, offset }: Pick<Row, "ours" | "offset">,
  units: number,
): number {
  let sum = 0;
  for (let k = offset; k < offset + units; k++) sum += ours[k]! * ours[k]!;
  return sum;
}

/** An overview of a part, still empty; null of one that is read quickly. `parts` are those of the run that share the room. */
export function overviewOf(part: LanePart, context: LaneContext, parts: number): Overview | null {
  const values = context.seqLength * part.units;
  if (values < LEAST_VALUES) return null;
  const cells = MOST_OF_RUN / parts;
  const blockSteps = 2 ** Math.max(2, Math.ceil(Math.log2(values / Math.min(MOST_CELLS, cells))));
  return new Overview(part, context, blockSteps, cells);
}
