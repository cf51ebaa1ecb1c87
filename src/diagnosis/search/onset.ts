/**
 * Where a run that is too large to be looked at as a whole first differs, and the steps from there on as a case of its own.
 *
 * The right forward goes through all of it, block by block. Nothing differs before the first difference, so that the
 * states just before it are known: those of the reference where it has them, else the right ones. The part begins with
 * the difference: a mistake that was made from there on is found as well.
 */
import { controlOfPart, type RunControl } from "../../core/control";
import { text } from "../../core/text";
import { stateSize } from "../../model/config";
import {
  returnedNames,
  type Case,
  type Model,
  type ReturnedName,
  type Values,
} from "../base/model";
import { outputPlace, partOf, partOfCase, partOfReturned, type Part } from "../base/part";
import { forwardUnder, type Run } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import { switchesOf } from "../forward/switches";
import { distanceOf } from "./closeness";
import { workOf } from "./work";

/** Multiplications that the way through a run may take, about half a minute. */
const MOST_WORK = 1e11;

/** Values of a run that are outside rounding, values in all, and the largest difference of those that are not outside. */
export interface Outside {
  readonly outside: number;
  readonly count: number;
  readonly rest: number;
}

/** The same of a run of which a part is looked at. */
export interface OutsideInAll extends Outside {
  /** The largest differences of the output in the last steps before the part, over its rows. */
  readonly leading: Float64Array;
}

/** Before a part so many of its steps are shown, as a share. */
const LEADING_SHARE = 0.05;

/** Rows and steps that can be looked at. */
type Size = Omit<Part, "rows" | "first"> & { readonly rows: number };

/** The first difference, and the first step that is looked at with the states that it begins with. */
interface Found extends Pick<Model, "h0" | "c0"> {
  readonly rows: readonly number[];
  readonly step: number;
  readonly first: number;
  /** The largest difference of the output at each step, over the rows. */
  readonly distances: Float64Array;
}

/**
 * The first difference outside `tolerance`: the steps from there on, its row among others, and how much of the whole is
 * outside. null where nothing is, or the way through the run is too long. @throws CancelledError when `control` says so.
 */
export function onsetOf(
  the: Case,
  size: Size,
  tolerance: number,
  control: RunControl,
): (OutsideInAll & { readonly part: Case }) | null {
  const { model } = the;
  const { batchSize } = model;
  if (workOf(model) * batchSize > MOST_WORK) return null;
  const walk = new Walk(the, size.steps, tolerance);
  for (let from = 0; from < batchSize; from += size.rows) {
    const to = Math.min(from + size.rows, batchSize);
    const rows = Array.from({ length: to - from }, (_, index) => from + index);
    walk.through(rows, controlOfPart(control, from / batchSize, to / batchSize));
  }
  const { found, outside, count, rest } = walk;
  if (found === null) return null;
  const { first, distances } = found;
  const shown = Math.ceil(LEADING_SHARE * size.steps);
  const leading = distances.slice(Math.max(0, first - shown), first);
  return { outside, count, rest, leading, part: partAt(the, found, size) };
}

/** Goes through the rows of a run, and keeps the first difference. */
class Walk {
  found: Found | null = null;
  outside = 0;
  count = 0;
  rest = 0;
  /** Of the rows that it goes through. */
  #distances = new Float64Array(0);
  readonly #the: Case;
  readonly #steps: number;
  readonly #tolerance: number;

  constructor(the: Case, steps: number, tolerance: number) {
    this.#the = the;
    this.#steps = steps;
    this.#tolerance = tolerance;
  }

  through(rows: readonly number[], control: RunControl): void {
    const { model } = this.#the;
    const switches = switchesOf(model.config);
    const check = (): void => {
      control.check();
    };
    this.#distances = new Float64Array(model.seqLength);
    let { h0, c0 } = partOf(model, { rows, steps: 1 });
    for (let first = 0; first < model.seqLength; first += this.#steps) {
      control.report(first / model.seqLength, text("Looking for the first difference"));
      const part = { rows, first, steps: this.#steps };
      const run = forwardUnder({ ...partOf(model, part), h0, c0 }, switches, { check })!;
      this.#compare(run, part);
      const { hn, cn } = resultsOf(run);
      [h0, c0] = [hn, cn];
    }
  }

  #compare(run: Run, part: Required<Part>): void {
    const { unbatched, reference } = this.#the;
    const ours = layOut(resultsOf(run), { unbatched });
    const theirs = partOfReturned(this.#the, reference, part);
    for (const name of returnedNames) {
      const [own, other] = [ours[name], theirs[name]];
      if (own !== null && other !== null) this.#compareValues(run, part, name, [own, other]);
    }
  }

  #compareValues(
    run: Run,
    part: Required<Part>,
    name: ReturnedName,
    [{ shape, data: ours }, { data: theirs }]: readonly [Values, Values],
  ): void {
    const { seqLength, lengths, batchSize } = run.model;
    const width = shape.at(-1)!;
    for (let at = 0; at < theirs.length / width; at++) {
      const { step, row } =
        name === "output"
          ? outputPlace(run.model, this.#the.unbatched, at)
          : { step: seqLength - 1, row: at % batchSize };
      if (name === "output" && step >= lengths[row]!) continue;
      const before = this.outside;
      const most = this.#count(ours, theirs, at * width, width);
      const time = part.first + step;
      if (name === "output") this.#distances[time] = Math.max(this.#distances[time]!, most);
      if (this.outside > before) this.#keep(run, part, step);
    }
  }

  /** The largest difference of some values. */
  #count(ours: Float64Array, theirs: Float64Array, from: number, width: number): number {
    let most = 0;
    for (let k = from; k < from + width; k++) {
      const distance = distanceOf(ours[k]!, theirs[k]!);
      if (distance > most) most = distance;
      if (distance > this.#tolerance) this.outside += 1;
      else if (distance > this.rest) this.rest = distance;
    }
    this.count += width;
    return most;
  }

  #keep(run: Run, { rows, first }: Required<Part>, at: number): void {
    const step = first + at;
    if (this.found !== null && this.found.step <= step) return;
    // Where the first steps reach so far, they are the ones to be looked at.
    const before = step < this.#steps ? 0 : at;
    const distances = this.#distances;
    this.found = { rows, step, first: first + before, distances, ...statesBefore(run, before) };
  }
}

/** The states of every lane before a step, where they go forward in time. */
function statesBefore({ model, lanes }: Run, step: number): Pick<Model, "h0" | "c0"> {
  if (step === 0) return model;
  const { config, batchSize } = model;
  const at = (of: "h" | "c", size: number): Float64Array => {
    const states = new Float64Array(lanes.length * batchSize * size);
    lanes.forEach(([lane], layer) => {
      for (let row = 0; row < batchSize; row++) {
        const from = (row * lane!.steps + step - 1) * size;
        states.set(lane![of].subarray(from, from + size), (layer * batchSize + row) * size);
      }
    });
    return states;
  };
  return { h0: at("h", stateSize(config)), c0: model.c0 && at("c", config.hiddenSize) };
}

/** The case of the steps from a place on. */
function partAt(the: Case, { rows, first, h0, c0 }: Found, { steps }: Size): Case {
  const part = partOfCase(the, { rows, first, steps });
  if (first === 0) return part;
  const { output } = partOfReturned(the, the.reference, { rows, first: first - 1, steps: 1 });
  const own = h0.slice();
  // What the last layer showed before it, as the reference has it.
  if (output !== null) own.set(output.data, own.length - output.data.length);
  return { ...part, model: { ...part.model, h0: own, c0 } };
}
