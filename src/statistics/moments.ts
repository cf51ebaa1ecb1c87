/**
 * Moments of values that arrive chunk by chunk.
 */
import type { ChunkSums } from "./kernel";

/**
 * Mean and sum of squared deviations are joined chunk by chunk (Chan, Golub & LeVeque 1979), so that neither many
 * values nor a large mean lose precision.
 */
export class Moments {
  count = 0;
  mean = 0;
  zeros = 0;
  min = Infinity;
  max = -Infinity;
  #squares = 0;

  /** Adds sums of `count` differences from `shift`. */
  add({ sum, squares, min, max, zeros }: ChunkSums, count: number, shift: number): void {
    if (count === 0) return;
    const mean = shift + sum / count;
    const deviations = Math.max(0, squares - (sum * sum) / count);
    const total = this.count + count;
    const delta = mean - this.mean;
    this.#squares += deviations + delta * delta * ((this.count / total) * count);
    this.mean += delta * (count / total);
    this.count = total;
    this.zeros += zeros;
    if (min < this.min) this.min = min;
    if (max > this.max) this.max = max;
  }

  /** Of the values themselves, not an estimate for a population: NumPy's std. */
  get deviation(): number {
    return Math.sqrt(this.#squares / this.count);
  }
}
