/**
 * Sums over pairs of values from which their likeness follows.
 */

/** Means, variances and products of pairs, one after another (Welford). */
export class PairMoments {
  #count = 0;
  #means = [0, 0] as [number, number];
  #squares = [0, 0] as [number, number];
  #product = 0;
  /** Without the means. */
  readonly #raw = { ours: 0, reference: 0, product: 0, delta: 0 };

  /** Of ours − reference: mean, and squares without it. */
  readonly #delta = { mean: 0, squares: 0 };

  add(ours: number, reference: number, delta: number): void {
    this.#count++;
    const raw = this.#raw;
    raw.ours += ours * ours;
    raw.reference += reference * reference;
    raw.product += ours * reference;
    raw.delta += delta * delta;
    const fromOurs = ours - this.#means[0];
    const fromReference = reference - this.#means[1];
    this.#means[0] += fromOurs / this.#count;
    this.#means[1] += fromReference / this.#count;
    this.#squares[0] += fromOurs * (ours - this.#means[0]);
    this.#squares[1] += fromReference * (reference - this.#means[1]);
    this.#product += fromOurs * (reference - this.#means[1]);
    const own = this.#delta;
    const fromDelta = delta - own.mean;
    own.mean += fromDelta / this.#count;
    own.squares += fromDelta * (delta - own.mean);
  }

  /** Cosine similarity; NaN where one of the two has no length. */
  get cosine(): number {
    const { ours, reference, product, delta } = this.#raw;
    return likeness(ours, reference, product, delta);
  }

  /** Pearson's r; NaN where one of the two has no variance. */
  get pearson(): number {
    return likeness(this.#squares[0], this.#squares[1], this.#product, this.#delta.squares);
  }

  /** 10 · log₁₀(Σ reference² / Σ Δ²); Infinity when all are equal. */
  get snr(): number {
    const { reference, delta } = this.#raw;
    return delta === 0 ? Infinity : 10 * Math.log10(reference / delta);
  }
}

/** Below this lack, the product of two vectors says less of it than their difference. */
const NEAR = 1e-4;

/**
 * a·b / (|a|·|b|), of the squares of a, b and a − b: as 1 − (|a − b|² − (|a| − |b|)²) / (2·|a|·|b|) where it is near 1.
 * What is not 1 is below it, however near it is.
 */
function likeness(a: number, b: number, product: number, difference: number): number {
  const [left, right] = [Math.sqrt(a), Math.sqrt(b)];
  const lack = (difference - (left - right) ** 2) / (2 * left * right);
  if (!(Math.abs(lack) < NEAR)) return product / Math.sqrt(a * b);
  return difference > 0 && lack > 0 ? Math.min(1 - lack, 1 - Number.EPSILON / 2) : 1;
}
