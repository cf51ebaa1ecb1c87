/**
 * A part of a case: some rows of the batch, and some steps. What holds for the case holds for its first steps.
 */
import { stateSize } from "../../model/config";
import { elementCount } from "../../tensor/tensor";
import { takeRows, type Case, type Model, type Returned, type Values } from "./model";

/** A part of a run that is enough to rule a mistake out. */
export interface Part {
  readonly rows: readonly number[];
  readonly steps: number;
  /** The first of the steps; 0 when not given. */
  readonly first?: number;
}

/**
 * Some rows and steps alone; initial states stay as they are. What an edited model shares with `base` is the same array in their parts.
 */
export function partOf(
  model: Model,
  { rows, steps, first = 0 }: Part,
  base?: { readonly whole: Model; readonly part: Model },
): Model {
  const { batchSize, config } = model;
  const take = <Name extends "input" | "h0" | "c0">(name: Name, size: number): Model[Name] => {
    const values = model[name];
    if (values === null) return values;
    if (values === base?.whole[name]) return base.part[name];
    const width = batchSize * size;
    const own = name === "input" ? values.subarray(first * width, (first + steps) * width) : values;
    return takeRows(own, batchSize, rows, size);
  };
  return {
    ...model,
    batchSize: rows.length,
    seqLength: Math.min(steps, model.seqLength - first),
    input: take("input", config.inputSize),
    h0: take("h0", stateSize(config)),
    c0: take("c0", config.hiddenSize),
    lengths:
      model.lengths === base?.whole.lengths
        ? base.part.lengths
        : Int32Array.from(rows, (row) => Math.min(steps, Math.max(0, model.lengths[row]! - first))),
  };
}

/**
 * A case of some steps alone: its reference is what the whole one says of it. The reference has the shapes of the run.
 * Initial states stay as they are.
 */
export function partOfCase(the: Case, part: Part): Case {
  const model = partOf(the.model, part);
  const { hasLengths, hasH0, unbatched, hasPadding } = the;
  const reference = partOfReturned(the, the.reference, part);
  const first = (the.first ?? 0) + (part.first ?? 0);
  const isOpen = the.isOpen === true || !leadsToEnd(the, part);
  return {
    // States inside the layers are left out: they are those of the whole.
    ...{ model, reference, hasLengths, hasH0, unbatched, hasPadding },
    ...(first === 0 ? {} : { first }),
    rows: part.rows.map((row) => the.rows?.[row] ?? row),
    ...(isOpen ? { isOpen } : {}),
  };
}

function leadsToEnd({ model }: Case, { steps, first = 0 }: Part): boolean {
  return first + steps >= model.seqLength;
}

/** A part of what is returned. Final states are there where the part leads to the end of the sequence. */
export function partOfReturned(the: Case, returned: Returned, part: Part): Returned {
  const { model, unbatched } = the;
  const { rows, steps, first = 0 } = part;
  const { seqLength, config } = model;
  const length = Math.min(steps, seqLength - first);
  const kept = Array.from({ length }, (_, step) => first + step);
  const [timeAxis, batchAxis] = config.batchFirst && !unbatched ? [1, 0] : [0, 1];
  const final = (values: Values | null): Values | null => {
    if (values === null || !leadsToEnd(the, part)) return null;
    return unbatched ? values : taken(values, config.isCellClass ? 0 : 1, rows);
  };
  const output = returned.output && taken(returned.output, timeAxis, kept);
  return {
    output: output === null || unbatched ? output : taken(output, batchAxis, rows),
    hn: final(returned.hn),
    cn: final(returned.cn),
  };
}

/** The step and the row of the batch of the k-th vector of `output`. */
export function outputPlace(
  { config, seqLength, batchSize }: Model,
  unbatched: boolean,
  k: number,
): { readonly step: number; readonly row: number } {
  return config.batchFirst && !unbatched
    ? { step: k % seqLength, row: Math.floor(k / seqLength) }
    : { step: Math.floor(k / batchSize), row: k % batchSize };
}

/** Some indices of an axis. */
function taken({ shape, data }: Values, axis: number, indices: readonly number[]): Values {
  const count = shape[axis] ?? 1;
  const after = elementCount(shape.slice(axis + 1));
  return {
    shape: shape.map((size, at) => (at === axis ? indices.length : size)),
    data: takeRows(data, count, indices, after),
  };
}
