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
import { inputSums, type LaneRun } from "../forward/lane";
import { rowOrder } from "../forward/order";
import { runTail } from "../forward/tail";
import { modelUnder, switchesUnder, usesRightStates } from "./trial";
import { workOf } from "./work";

/** Multiplications of a row whose forward takes long enough to be told something before. */
const LONG_RUN = 3e8;
/** Last steps that are looked at. */
const STEPS = 6;
/** What a mistake leaves at most, of the mean distance of the right forward and of that of the next mistake. */
const MOST_LEFT = 0.3;

/** The mistake that a large run looks like; null where none stands out, or the run is small. @throws CancelledError. */
export function looksLike(the: Case, control: RunControl): Alternative | null {
  if (workOf(the.model) < LONG_RUN || the.reference.hn === null) return null;
  if (!hasReturnedShapes(the, the.reference)) return null;
  const look = new FirstLook(the);
  const right = look.distanceUnder([]);
  if (right === null) return null;
  const found: { readonly alternative: Alternative; readonly distance: number }[] = [];
  for (const alternative of alternativesOf(the)) {
    control.check();
    if (usesRightStates(alternative) || alternative.wholeBatch === true) continue;
    const distance = look.distanceUnder([alternative]);
    if (distance !== null) found.push({ alternative, distance });
  }
  const [best, next] = found.sort((left, other) => left.distance - other.distance);
  if (best === undefined || !(best.distance <= MOST_LEFT * right)) return null;
  return next === undefined || best.distance <= MOST_LEFT * next.distance ? best.alternative : null;
}

/** What is said of it while all values are compared. */
export function likelyText({ title }: Alternative): Text {
  return text("It looks like this: {0}. All values are being compared.", title);
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
    const { indices } = lastSteps(lane);
    const sums = inputSums(lane, indices);
    const width = sums.length / indices.length;
    const all = new Float64Array(seqLength * width);
    indices.forEach((index, k) => {
      all.set(sums.subarray(k * width, (k + 1) * width), index * width);
    });
    this.#known = { input: model.input, weights: lane.weights, inputSums: all };
  }

  /** Mean distance of the final state from the reference's; null where the mistakes exclude each other. */
  distanceUnder(alternatives: readonly Alternative[]): number | null {
    const lane = this.#laneOf(alternatives);
    if (lane === null) return null;
    const { hn, cn } = this.#the.reference;
    const R = stateSize(this.#the.model.config);
    const { order, first } = lastSteps(lane);
    const begun =
      lane.switches.carrying === "notCarried"
        ? { h: lane.h0, c: lane.c0 }
        : {
            h: hn!.data.subarray(0, R),
            c: cn?.data.subarray(0, lane.c0.length) ?? new Float64Array(lane.c0.length),
          };
    const [final = new Float64Array()] = runTail(lane, order, first, [begun]);
    let sum = 0;
    for (let unit = 0; unit < R; unit++) sum += Math.abs(final[unit]! - hn!.data[unit]!);
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
      ...{ model, direction, switches, round: exact, input: model.input },
      weights: model.layers[0]![0]!,
      h0: model.h0.subarray(0, stateSize(model.config)),
      c0: model.c0?.subarray(0, model.config.hiddenSize) ?? new Float64Array(),
      known: this.#known,
    };
  }
}

/** The order of a lane's row, the first of its last steps, and which vectors of the input these read. */
function lastSteps({ model, direction, switches }: LaneRun): {
  readonly order: ReturnType<typeof rowOrder>;
  readonly first: number;
  readonly indices: readonly number[];
} {
  const order = rowOrder(model, direction, 0, switches);
  const isFresh = switches.carrying === "notCarried";
  const count = Math.min(order.steps, isFresh ? 1 : STEPS);
  const first = order.steps - count;
  const indices = Array.from({ length: count }, (_, k) => order.readsAt(first + k));
  return { order, first, indices };
}
