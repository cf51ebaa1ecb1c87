/**
 * A chaotic run is explained by its first steps: later ones are moved anywhere by rounding alone.
 */
import { sameShape } from "../../tensor/tensor";
import { returnedNames, type Case, type Returned } from "../base/model";
import { partOfCase } from "../base/part";
import { forwardUnder } from "../forward/forward";
import { layOut, resultsOf } from "../forward/returned";
import { switchesOf } from "../forward/switches";
import { NOISE_FACTOR } from "./closeness";

/** Rounding that may move values by more than this part of 1 leaves nothing to be explained. */
const MOST_NOISE = 1e-3;

/**
 * The case as far as it can be explained: itself, or of a chaotic one its first steps; null where there is no such part,
 * as with a reverse direction, whose first steps are the last ones of time.
 */
export function explainablePart(the: Case, right: Returned, rounded: Returned): Case | null {
  if (!isChaotic(right, rounded, the.reference)) return the;
  const { model, reference } = the;
  const { bidirectional, reverseOnly } = model.config;
  const { output } = reference;
  const isCut =
    !bidirectional &&
    reverseOnly !== true &&
    output !== null &&
    sameShape(output.shape, right.output?.shape ?? []);
  if (!isCut) return null;
  let steps = model.seqLength;
  while (steps > 1) {
    steps = Math.floor(steps / 2);
    const part = partOfCase(the, { rows: [...model.lengths.keys()], steps });
    const switches = switchesOf(model.config);
    const own = layOut(resultsOf(forwardUnder(part.model, switches)!), part);
    const coarse = forwardUnder(part.model, switches, { round: Math.fround })!;
    if (!isChaotic(own, layOut(resultsOf(coarse), part), part.reference)) return part;
  }
  return null;
}

/** True where rounding moves a tensor that the reference has by more than can be judged. */
function isChaotic(right: Returned, rounded: Returned, reference: Returned): boolean {
  return returnedNames.some((name) => {
    if (reference[name] === null) return false;
    const [own, coarse] = [right[name]?.data ?? [], rounded[name]?.data ?? []];
    return own.some((value, k) => {
      const distance = Math.abs(value - coarse[k]!);
      return distance * NOISE_FACTOR > MOST_NOISE * Math.max(1, Math.abs(value));
    });
  });
}
