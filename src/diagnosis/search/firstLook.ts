/**
 * What a large run looks like before anything of it is run: the last steps of its first lane under every mistake.
 *
 * A lane forgets where it began. Begun in the reference's own final state, its last steps lead near that state again
 * under the mistake that was made, and away from it under the others. That is no proof: all values are looked at later.
 */
import type { RunControl } from "../../core/control";
import { text, type Text } from "../../core/text";
import { stateSize } from "../../model/config";
import { directionsOf } from "../../model/directions";
import type { Alternative } from "../alternatives/alternative";
import { alternativesOf } from "../alternatives/registry";
import { hasReturnedShapes, type Case } from "../base/model";
import { partOf, partOfCase, type Part } from "../base/part";
import { exact } from "../forward/cells";
import { inputSums } from "../forward/lane";
import type { LaneRun } from "../forward/laneStates";
import { rowOrder, type RowOrder } from "../forward/order";
import { runTail } from "../forward/tail";
import { modelUnder, switchesUnder, usesRightStates } from "./trial";
import { workOf } from "./work";

/** Multiplications of a row whose forward takes long enough to be told something before. */
const LONG_RUN = 3e8;
/** Last steps that are looked at, and those that tell apart what these do not. */
const STEPS = 6;
const MORE_STEPS = 12;
/** Mistakes that are looked at again, at most. */
const MOST_LIKELY = 16;
/** What a mistake leaves at most, of the mean distance of the right forward and of that of the next mistake. */
const MOST_LEFT = 0.3;

/** Less precision moves states by less than this on average. */
const MOST_BY_PRECISION = 0.02;

/** The mistake that a large run looks like; null where none stands out, or the run is small. @throws CancelledError. */
export function looksLike(the: Case, control: RunControl): Alternative | null {
  if (workOf(the.model) < LONG_RUN || the.reference.hn === null) return null;
  if (!hasReturnedShapes(the, the.reference)) return null;
  const look = new FirstLook(the);
  const right = look.distanceUnder([], STEPS);
  if (right === null) return null;
  const candidates = alternativesOf(the).filter(
    (one) =>
      !usesRightStates(one) &&
      one.wholeBatch !== true &&
      !(one.isPrecision === true && right > MOST_BY_PRECISION),
  );
  const ranked = look.ranked(candidates, STEPS, control);
  const likely = contenders(ranked, right);
  if (likely.length < 2) return likely[0] ?? null;
  if (likely.length > MOST_LIKELY) return null;
  const [first, ...others] = contenders(look.ranked(likely, MORE_STEPS, control), right);
  return others.length === 0 ? (first ?? null) : null;
}

/** A mistake by what it leaves of the difference. */
interface Ranked {
  readonly alternative: Alternative;
  readonly distance: number;
}

/** Those that leave little of the difference, and not much more than the one that leaves least. */
function contenders([best, ...others]: readonly Ranked[], right: number): Alternative[] {
  if (best === undefined || !(best.distance <= MOST_LEFT * right)) return [];
  const near = others.filter(({ distance }) => distance * MOST_LEFT < best.distance);
  return [best, ...near].map(({ alternative }) => alternative);
}

/** What is said of it while all values are compared. */
export function likelyText({ title }: Alternative): Text {
  return text("It looks like this: {0}", title);
}

/** The last steps of the first direction of layer 0, of the longest row. */
class FirstLook {
  readonly #whole: Case;
  readonly #part: Part;
  readonly #the: Case;
  /** What the right forward reads, with its sums where they are needed. */
  readonly #known: NonNullable<LaneRun["known"]>;

  constructor(whole: Case) {
    const { lengths, seqLength } = whole.model;
    const row = lengths.indexOf(Math.max(...lengths));
    this.#whole = whole;
    this.#part = { rows: [row], steps: seqLength };
    this.#the = partOfCase(whole, this.#part);
    const { model } = this.#the;
    const lane = this.#laneOf([])!;
    const { indices } = lastSteps(lane, MORE_STEPS);
    const sums = inputSums(lane, indices);
    const width = sums.length / indices.length;
    const all = new Float64Array(seqLength * width);
    indices.forEach((index, k) => {
      all.set(sums.subarray(k * width, (k + 1) * width), index * width);
    });
    this.#known = { input: model.input, weights: lane.weights, inputSums: all };
  }

  /** The nearest one first. @throws CancelledError. */
  ranked(alternatives: readonly Alternative[], steps: number, control: RunControl): Ranked[] {
    const found = alternatives.flatMap((alternative): Ranked[] => {
      control.check();
      const distance = this.distanceUnder([alternative], steps);
      return distance === null ? [] : [{ alternative, distance }];
    });
    return found.sort((left, other) => left.distance - other.distance);
  }

  /** Mean distance of the final state from the reference's; null where the mistakes exclude each other. */
  distanceUnder(alternatives: readonly Alternative[], steps: number): number | null {
    const lane = this.#laneOf(alternatives);
    if (lane === null) return null;
    const { hn, cn } = this.#the.reference;
    const R = stateSize(this.#the.model.config);
    const { order, first } = lastSteps(lane, steps);
    const begun =
      lane.switches.carrying === "notCarried"
        ? { h: lane.h0, c: lane.c0 }
        : {
            h: hn!.data.subarray(0, R),
            c: cn?.data.subarray(0, lane.c0.length) ?? new Float64Array(lane.c0.length),
          };
    const [final] = runTail(lane, order, first, [begun]);
    let sum = 0;
    for (let unit = 0; unit < R; unit++) sum += Math.abs(final!.h[unit]! - hn!.data[unit]!);
    return sum / R;
  }

  #laneOf(alternatives: readonly Alternative[]): LaneRun | null {
    const switches = switchesUnder(this.#whole, alternatives);
    if (switches === null) return null;
    const edited = modelUnder(this.#whole, alternatives);
    const base = { whole: this.#whole.model, part: this.#the.model };
    const model = partOf(edited, this.#part, base);
    const [direction = "forward"] = directionsOf(model.config);
    return {
      ...{ model, direction, switches, round: exact, roundState: exact, input: model.input },
      weights: model.layers[0]![0]!,
      h0: model.h0.subarray(0, stateSize(model.config)),
      c0: model.c0?.subarray(0, model.config.hiddenSize) ?? new Float64Array(),
      known: this.#known,
    };
  }
}

/** The order of a lane's row, the first of its last steps, and which vectors of the input these read. */
function lastSteps(
  { model, direction, switches }: LaneRun,
  most: number,
): {
  readonly order: RowOrder;
  readonly first: number;
  readonly indices: readonly number[];
} {
  const order = rowOrder(model, direction, 0, switches);
  const isFresh = switches.carrying === "notCarried";
  const count = Math.min(order.steps, isFresh ? 1 : most);
  const first = order.steps - count;
  const indices = Array.from({ length: count }, (_, k) => order.readsAt(first + k));
  return { order, first, indices };
}
