/**
 * Infers from shapes what a Linear after a module reads, and which inputs are tokens.
 */
import { sameShape, type Shape, type Tensor } from "../../tensor/tensor";
import { numDirections, stateSize, type RecurrentConfig } from "../config";
import { hasReverse } from "../directions";
import { sequenceShape, type SequenceSizes } from "../sequence";

/**
 * The input of the Linear: `last` the output at t = T − 1 (`output[:, -1]`), `every` the output at every step, `h_n`
 * the last layer's final states, both directions joined (`torch.cat([h_n[-2], h_n[-1]], 1)`).
 */
export type Head = "last" | "every" | "h_n";

/** The heads, as a run file and the command line call them. */
export const heads: readonly Head[] = ["last", "every", "h_n"];

/**
 * Where the features of a Linear come from: `joined` directions, or the last row of h_n alone (`h_n[-1]`, the reverse
 * direction where there are two). null when a Linear with `features` columns cannot follow this way.
 */
export function headSource(
  config: RecurrentConfig,
  head: Head,
  features: number,
): "joined" | "lastRow" | null {
  const units = stateSize(config);
  if (features === numDirections(config) * units) return "joined";
  return head === "h_n" && features === units ? "lastRow" : null;
}

/** The shape of the logits: (B, T, out) or (T, B, out) for `every`, else (B, out); without B when unbatched. */
export function logitsShape(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  head: Head,
  outFeatures: number,
): Shape {
  if (head === "every") {
    return sequenceShape({ ...sizes, features: outFeatures }, config.batchFirst);
  }
  return sizes.unbatched ? [outFeatures] : [sizes.batchSize, outFeatures];
}

/**
 * The head that gives logits of `shape`, or null when none does.
 *
 * (B, out) is that of `last` and of `h_n`: where the two agree (one direction, no lengths) it is `last`, else `h_n`,
 * which every sequence's own end and both directions have gone into.
 */
export function impliedHead(
  config: RecurrentConfig,
  sizes: SequenceSizes,
  linear: { readonly shape: Shape },
  logits: { readonly shape: Shape; readonly isPacked: boolean },
): Head | null {
  const [outFeatures = 0, features = 0] = linear.shape;
  const order: readonly Head[] =
    hasReverse(config) || logits.isPacked ? ["every", "h_n", "last"] : ["every", "last", "h_n"];
  const fitting = order.find(
    (head) =>
      headSource(config, head, features) !== null &&
      sameShape(logits.shape, logitsShape(config, sizes, head, outFeatures)),
  );
  return fitting ?? null;
}

/**
 * True for an input of tokens: integers of rank 1 (T) or 2 (B, T or T, B), or whole numbers stored as floating point
 * where no sequence of features can be meant, because the rank is 1 or the last axis is not the module's.
 */
export function isTokens({ dtype, shape, data }: Tensor, inputSize: number): boolean {
  if (shape.length !== 1 && shape.length !== 2) return false;
  if (dtype === "bool") return false;
  if (!dtype.includes("float")) return true;
  const isSequence = shape.length === 2 && shape[1] === inputSize;
  return !isSequence && data.length > 0 && data.every((value) => Number.isInteger(value));
}

/** The shape of the sequence that the embedding of tokens is: one more axis. */
export function embeddedShape(tokens: Shape, embeddingDim: number): Shape {
  return [...tokens, embeddingDim];
}
