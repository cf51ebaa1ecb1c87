/**
 * How much of a run can be explained in the time and memory that people have: all of it, or its first rows and steps.
 */
import { numDirections, stateSize } from "../../model/config";
import { gateCount } from "../../model/gates";
import { hasReturnedShapes, type Case } from "../base/model";
import { partOfCase } from "../base/part";
import { workOf } from "./work";

/** Bytes of the states of one forward; a few are held at a time. */
const MOST_BYTES = 2 ** 27;
/** Multiplications of one forward, about two seconds. There are about a hundred, most of which end early. */
const MOST_WORK = 6e9;
/** Rows that are kept where the batch is cut, unless even these are too much: mistakes that mix rows still show. */
const LEAST_ROWS = 2;

/**
 * The case, or its first rows and steps, in the end one row. Only a run without a reverse direction can be cut in time. null where the
 * smallest part is still too much, or the reference has shapes of its own, whose parts are not known.
 */
export function affordablePart(the: Case): Case | null {
  if (isAffordable(the, the.model.seqLength, the.model.batchSize)) return the;
  if (!hasReturnedShapes(the, the.reference)) return null;
  const { bidirectional, reverseOnly } = the.model.config;
  const canCutSteps = !bidirectional && reverseOnly !== true && the.reference.output !== null;
  let { seqLength: steps, batchSize: rows } = the.model;
  while (!isAffordable(the, steps, rows)) {
    if (rows > LEAST_ROWS) rows = Math.max(LEAST_ROWS, Math.floor(rows / 2));
    else if (canCutSteps && steps > 1) steps = Math.floor(steps / 2);
    else if (rows > 1) rows = 1;
    else return null;
  }
  const kept = Array.from({ length: Math.min(rows, the.model.batchSize) }, (_, row) => row);
  return partOfCase(the, { rows: kept, steps });
}

function isAffordable({ model }: Case, steps: number, rows: number): boolean {
  const { config } = model;
  const lanes = config.numLayers * numDirections(config);
  const ofStep = (gateCount(config.cell) + 2) * config.hiddenSize + stateSize(config);
  const bytes = lanes * steps * rows * ofStep * Float64Array.BYTES_PER_ELEMENT;
  const work = (workOf(model) / model.seqLength) * steps * rows;
  return bytes <= MOST_BYTES && work <= MOST_WORK;
}
