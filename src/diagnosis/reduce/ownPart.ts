/**
 * The part of a reference that belongs to some rows and the first steps, where it can be cut out of the whole one.
 */
import { hasReverse } from "../../model/directions";
import { outputShapes } from "../../model/sequence";
import { sameShape, type Shape } from "../../tensor/tensor";
import type { Case, Returned, Values } from "../base/model";
import { partOfReturned, type Part } from "../base/part";

/**
 * A reference's own values for a part of the run; null where none can be cut out: it has another shape than the module
 * returns, or later steps have gone into it.
 */
export function ownPart(the: Case, part: Part): Returned | null {
  const { config, seqLength, batchSize } = the.model;
  const { output, hn, cn } = the.reference;
  const sizes = { seqLength, batchSize, features: 0, unbatched: the.unbatched };
  const shapes = outputShapes(config, sizes);
  const fits = (values: Values | null, shape: Shape | null): boolean =>
    values === null || (shape !== null && sameShape(values.shape, shape));
  if (!fits(output, shapes.output) || !fits(hn, shapes.hn) || !fits(cn, shapes.cn)) return null;
  if (part.steps < seqLength && hasReverse(config)) return null;
  const own = partOfReturned(the, the.reference, part);
  return Object.values(own).every((values) => values === null) ? null : own;
}
