/**
 * The last steps of a row whose layers run backwards too: what it returns there tells most mistakes, since the reverse
 * directions begin there, and the forward ones have forgotten where they began.
 */
import { numDirections } from "../../model/config";
import { directionsOf, hasReverse } from "../../model/directions";
import type { Case, Model } from "../base/model";
import { partOf, type Part } from "../base/part";
import { forwardUnder, type Run } from "../forward/forward";
import type { LaneStates } from "../forward/laneStates";
import type { Switches } from "../forward/switches";
import { distanceOf } from "./closeness";
import {
  farthest,
  REACH,
  verdictOf,
  type KnownRow,
  type Limits,
  type Verdict,
} from "./finalStates";
import type { Edited } from "./trial";

/** Numbers of last steps that are run. */
const SPANS = [12, 32];
/** They are worth while that is at most this part of all steps. */
const MOST_OF_STEPS = 0.3;
/** Steps at the end that are compared. */
const COMPARED = 2;
/** How far the states are apart that the forward directions begin in. */
const APART = 0.5;

/** Orders in which the reverse directions go through the last steps before the others. */
const localOrders: readonly Switches["reverse"][] = ["right", "overPadding", "flipThenMask"];
/** Where the last steps begin as the whole run does. */
const localCarrying: readonly Switches["carrying"][] = [
  "right",
  "acrossBatch",
  "reverseFromForwardFinal",
];

/** The last steps under no mistake: from the states that the forward directions have there, and from others. */
interface Span {
  readonly part: Part;
  readonly runs: readonly Run[];
}

/** The last steps of one row. Spans are made when they are first asked for. */
export class LastSteps {
  readonly #row: number;
  readonly #known: KnownRow;
  readonly #whole: Case;
  readonly #spans = new Map<number, Span>();

  private constructor(whole: Case, row: number, known: KnownRow) {
    this.#whole = whole;
    this.#row = row;
    this.#known = known;
  }

  /** null where the run has no reverse direction, no output to compare, or is too short. */
  static of(whole: Case, row: number, known: KnownRow): LastSteps | null {
    const { config, seqLength, lengths } = whole.model;
    const isLong = SPANS.some((steps) => steps <= MOST_OF_STEPS * seqLength);
    const isTold = known.the.reference.output !== null && lengths[row] === seqLength;
    return hasReverse(config) && isLong && isTold ? new LastSteps(whole, row, known) : null;
  }

  /** What the last steps tell of an edited run; null where they tell nothing of the whole one. */
  verdict(edited: Edited, limits: Limits): Verdict | null {
    if (!isLocal(edited.switches)) return null;
    let verdict: Verdict | null = null;
    for (const steps of SPANS) {
      if (steps > MOST_OF_STEPS * this.#whole.model.seqLength) return verdict;
      const { distance, fromRight, unsure } = this.#compare(this.#spanOf(steps), edited);
      verdict = verdictOf(distance, fromRight, limits, unsure);
      const surely = verdictOf(distance, fromRight, limits);
      if (verdict.isWrong === surely.isWrong && verdict.isSeen === surely.isSeen) return verdict;
    }
    return verdict;
  }

  #spanOf(steps: number): Span {
    const known = this.#spans.get(steps);
    if (known !== undefined) return known;
    const { model } = this.#whole;
    const part = { rows: [this.#row], steps, first: model.seqLength - steps };
    const own = partOf(model, part);
    const { lanes, switches } = this.#known.run;
    const models = [0, APART].map((shift) => beginning(own, lanes, part.first, shift));
    const span = { part, runs: models.map((begun) => forwardUnder(begun, switches)!) };
    this.#spans.set(steps, span);
    return span;
  }

  #compare({ part, runs }: Span, { model: whole, switches }: Edited): Compared {
    const [first, second] = runs.map((right) => {
      const base = { whole: this.#whole.model, part: right.model };
      const model = beginningAs(partOf(whole, part, base), right.model);
      return forwardUnder(model, switches, { known: right })!;
    });
    const own = first!.output;
    const [right] = runs;
    const count = (own.length / part.steps) * COMPARED;
    const from = own.length - count;
    const theirs = this.#known.the.reference.output!.data.subarray(-count);
    let [most, sum, fromRight, left] = [0, 0, 0, notForgotten(first!, second!)];
    for (let k = 0; k < count; k++) {
      const value = own[from + k]!;
      const distance = distanceOf(value, theirs[k]!);
      most = Math.max(most, distance);
      sum += distance;
      fromRight = Math.max(fromRight, distanceOf(value, right!.output[from + k]!));
      left = Math.max(left, distanceOf(value, second!.output[from + k]!));
    }
    const mean = sum / count;
    const distance = { hasShapes: true, most, mean, outside: count, count, padding: 0 };
    return { distance, fromRight, unsure: (REACH * left) / APART };
  }
}

interface Compared {
  readonly distance: Verdict["distance"];
  readonly fromRight: number;
  readonly unsure: number;
}

/** How far the forward directions of two runs are apart at their end: a cell state shows little once it is squashed. */
function notForgotten(left: Run, right: Run): number {
  const directions = directionsOf(left.model.config);
  let most = 0;
  left.lanes.forEach((lanes, layer) => {
    lanes.forEach((lane, at) => {
      if (directions[at] === "reverse") return;
      const other = right.lanes[layer]![at]!;
      most = Math.max(most, farthest(lane.hn, other.hn), farthest(lane.cn, other.cn));
    });
  });
  return most;
}

function isLocal({ reverse, carrying }: Switches): boolean {
  return localOrders.includes(reverse) && localCarrying.includes(carrying);
}

/** The part whose forward directions begin in the states that lanes have before step `first`, or `shift` beside them. */
function beginning(
  part: Model,
  lanes: readonly (readonly LaneStates[])[],
  first: number,
  shift: number,
): Model {
  const directions = directionsOf(part.config);
  const begun = (values: Float64Array, of: (lane: LaneStates) => Float64Array): Float64Array => {
    const result = values.slice();
    const size = values.length / lanes.flat().length;
    lanes.flat().forEach((lane, slot) => {
      if (directions[slot % directions.length] === "reverse") return;
      const states = of(lane).subarray((first - 1) * size, first * size);
      result.set(
        states.map((value) => value + (value > 0 ? -shift : shift)),
        slot * size,
      );
    });
    return result;
  };
  return {
    ...part,
    h0: begun(part.h0, (lane) => lane.h),
    c0: part.c0 && begun(part.c0, (lane) => lane.c),
  };
}

/** The part whose forward directions begin as those of another one do. */
function beginningAs(part: Model, other: Model): Model {
  const directions = directionsOf(part.config);
  const slots = part.config.numLayers * numDirections(part.config);
  const begun = (values: Float64Array, theirs: Float64Array): Float64Array => {
    if (values === theirs) return values;
    const result = values.slice();
    const size = values.length / slots;
    for (let slot = 0; slot < slots; slot++) {
      if (directions[slot % directions.length] === "reverse") continue;
      result.set(theirs.subarray(slot * size, (slot + 1) * size), slot * size);
    }
    return result;
  };
  return {
    ...part,
    h0: begun(part.h0, other.h0),
    c0: part.c0 && begun(part.c0, other.c0!),
  };
}
