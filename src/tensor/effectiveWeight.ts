/**
 * Weights that are computed from other tensors: masked, normalised, or divided by their spectral norm.
 *
 * Sources: torch/nn/utils/prune.py, weight_norm.py, spectral_norm.py and parametrizations.py, in eval mode. A part is
 * read from the same part of the sources; norms, which need a whole tensor, are computed once and kept.
 */
import type { BoxSource, ReadBox } from "./boxSource";
import { decodeRaw, encodeRaw, wholeBox, type Box } from "./raw";
import { slabsOf } from "./slabs";
import { elementCount, type Shape, type Tensor } from "./tensor";

/** Elements that are read at once where a whole tensor is needed: 8 MB of numbers. */
const SLAB_ELEMENTS = 1 << 20;

/** A tensor that errors can name. */
export interface NamedSource extends BoxSource {
  readonly name: string;
}

/** weight · mask, element by element (torch.nn.utils.prune). Both have the same shape. */
export function maskedWeight(weight: NamedSource, mask: NamedSource): ReadBox {
  return async (box) => {
    const [values, kept] = [await valuesOf(weight, box), await valuesOf(mask, box)];
    const product = Float64Array.from(values, (value, index) => value * kept[index]!);
    return encodeRaw(weight.dtype, box.size, product);
  };
}

/** v · g / ‖v‖, the norm over all axes but `axis`; over all of them where it is null (weight_norm). */
export function normalisedWeight(v: NamedSource, g: NamedSource, axis: number | null): ReadBox {
  return scaledWeight(v, axis, async () => {
    const squares = new Float64Array(axis === null ? 1 : v.shape[axis]!);
    await eachElement(v, (value, index) => {
      squares[axis === null ? 0 : index[axis]!]! += value * value;
    });
    const lengths = await valuesOf(g, wholeBox(g.shape));
    return squares.map((square, index) => lengths[index]! / Math.sqrt(square));
  });
}

/** The axes of a weight that u and v fit by their sizes. */
export function spectralAxes(weight: Shape, u: Shape, v: Shape): readonly number[] {
  const [all, rows, columns] = [weight, u, v].map(elementCount) as [number, number, number];
  return weight.flatMap((size, axis) => (size === rows && all / size === columns ? [axis] : []));
}

/**
 * weight / σ with σ = uᵀ W v, W the weight with an axis first and its other axes joined (spectral_norm). Of several
 * axes that fit, as those of a square weight do, it is the one whose u and v belong to W.
 */
export function spectralWeight(
  { weight, u, v }: Readonly<Record<"weight" | "u" | "v", NamedSource>>,
  axes: readonly number[],
): ReadBox {
  return scaledWeight(weight, null, async () => {
    const left = await valuesOf(u, wholeBox(u.shape));
    const right = await valuesOf(v, wholeBox(v.shape));
    const found = axes.map((axis) => ({
      axis,
      fromRight: new Float64Array(left.length),
      fromLeft: new Float64Array(right.length),
    }));
    await eachElement(weight, (value, index) => {
      for (const { axis, fromRight, fromLeft } of found) {
        const [row, column] = [index[axis]!, columnOf(index, weight.shape, axis)];
        fromRight[row]! += value * right[column]!;
        fromLeft[column]! += value * left[row]!;
      }
    });
    // Each step of the power method computes v from Wᵀu or u from Wv, and W changes little between training steps.
    const distance = ({ fromRight, fromLeft }: (typeof found)[number]): number =>
      Math.min(distanceToUnit(left, fromRight), distanceToUnit(right, fromLeft));
    const best = found.reduce((first, other) =>
      distance(other) < distance(first) / 2 ? other : first,
    );
    const sigma = best.fromRight.reduce((sum, value, row) => sum + value * left[row]!, 0);
    return Float64Array.of(1 / sigma);
  });
}

/** ‖unit − vector / ‖vector‖‖. */
function distanceToUnit(unit: ArrayLike<number>, vector: Float64Array): number {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return Math.sqrt(vector.reduce((sum, value, at) => sum + (unit[at]! - value / length) ** 2, 0));
}

/** Column of W that an element stands in: its other axes joined, in their order. */
function columnOf(index: readonly number[], shape: Shape, axis: number): number {
  return index.reduce((sum, at, each) => (each === axis ? sum : sum * shape[each]! + at), 0);
}

/** Each element times the factor of its index along `axis`, or the only factor. Factors are computed when needed. */
function scaledWeight(
  weight: NamedSource,
  axis: number | null,
  factors: () => Promise<Float64Array>,
): ReadBox {
  let computed: Promise<Float64Array> | undefined;
  return async (box) => {
    computed ??= factors();
    const scale = await computed.catch((error: unknown) => {
      // A read that failed may succeed the next time.
      computed = undefined;
      throw error;
    });
    const inner = axis === null ? 1 : elementCount(box.size.slice(axis + 1));
    const [from, count] = axis === null ? [0, 1] : [box.start[axis]!, box.size[axis]!];
    const values = Float64Array.from(
      await valuesOf(weight, box),
      (value, index) => value * scale[from + (Math.floor(index / inner) % count)]!,
    );
    return encodeRaw(weight.dtype, box.size, values);
  };
}

async function valuesOf({ name, readBox }: NamedSource, box: Box): Promise<Tensor["data"]> {
  return decodeRaw(await readBox(box), name).data;
}

/** Visits every element in row-major order, a bounded part in memory at a time. `index` is reused. */
async function eachElement(
  source: NamedSource,
  visit: (value: number, index: readonly number[]) => void,
): Promise<void> {
  for (const box of slabsOf(wholeBox(source.shape), SLAB_ELEMENTS, null)) {
    const index = [...box.start];
    for (const value of await valuesOf(source, box)) {
      visit(value, index);
      advance(index, box);
    }
  }
}

/** The next index of a box in row-major order; after the last one the first again. */
function advance(index: number[], { start, size }: Box): void {
  for (let axis = index.length - 1; axis >= 0; axis -= 1) {
    index[axis]! += 1;
    if (index[axis]! < start[axis]! + size[axis]!) return;
    index[axis] = start[axis]!;
  }
}
