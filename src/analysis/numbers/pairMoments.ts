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
  }

  /** Cosine similarity; NaN where one of the two has no length. */
  get cosine(): number {
    const { ours, reference, product } = this.#raw;
    return product / Math.sqrt(ours * reference);
  }

  /** Pearson's r; NaN where one of the two has no variance. */
  get pearson(): number {
    return this.#product / Math.sqrt(this.#squares[0] * this.#squares[1]);
  }

  /** 10 · log₁₀(Σ reference² / Σ Δ²); Infinity when all are equal. */
  get snr(): number {
    const { reference, delta } = this.#raw;
    return delta === 0 ? Infinity : 10 * Math.log10(reference / delta);
  }
}
