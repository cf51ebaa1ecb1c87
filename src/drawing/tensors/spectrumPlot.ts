/**
 * Singular values as a curve and eigenvalues in the complex plane. No DOM.
 */
import { linePath } from "../base/paths";

export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly isOutside: boolean;
}

export interface Plane {
  readonly points: readonly PlanePoint[];
  /** Radius of the unit circle. */
  readonly unit: number;
  /** Largest |part| that the plane shows. */
  readonly reach: number;
}

/** Share of the plane that stays free around the outermost eigenvalue. */
const MARGIN = 1.12;
/** More points than this run into each other. */
const MAX_POINTS = 2048;

/** Eigenvalues (real and imaginary parts interleaved) in a square of this size, with the unit circle whole. */
export function eigenPlane(eigenvalues: ArrayLike<number>, size: number): Plane {
  const values = Array.from(eigenvalues);
  let reach = 1;
  for (const part of values) if (Number.isFinite(part)) reach = Math.max(reach, Math.abs(part));
  reach *= MARGIN;
  const centre = size / 2;
  const points: PlanePoint[] = [];
  const count = Math.floor(values.length / 2);
  const step = Math.max(1, Math.ceil(count / MAX_POINTS));
  for (let index = 0; index < count; index += step) {
    const [real, imaginary] = [values[2 * index]!, values[2 * index + 1]!];
    if (!Number.isFinite(real) || !Number.isFinite(imaginary)) continue;
    points.push({
      x: centre + (real / reach) * centre,
      y: centre - (imaginary / reach) * centre,
      isOutside: Math.hypot(real, imaginary) > 1,
    });
  }
  return { points, unit: centre / reach, reach };
}

export interface CurveSize {
  readonly width: number;
  readonly height: number;
}

/** Decades below the largest singular value that are drawn: what is smaller counts as 0 in float32. */
const DECADES = 7;

/** Above and below the curve stand its largest and its smallest value. */
const CURVE_PAD = 20;

/** Singular values, largest first, on a logarithmic scale: the largest at the top. */
export function singularPath(values: ArrayLike<number>, { width, height }: CurveSize): string {
  const all = Array.from(values);
  const largest = all[0] ?? 0;
  if (!(largest > 0) || !Number.isFinite(largest)) return "";
  const smallest = all.reduce(
    (least, value) => (value > largest * 10 ** -DECADES ? Math.min(least, value) : least),
    largest,
  );
  const decades = Math.max(0.3, Math.log10(largest / smallest));
  const yOf = (value: number): number => {
    const below = Math.log10(largest / Math.max(value, largest * 10 ** -DECADES)) / decades;
    return CURVE_PAD + Math.min(1, below) * (height - 2 * CURVE_PAD);
  };
  const across = Math.max(1, all.length - 1);
  const xOf = (index: number): number => (all.length === 1 ? width / 2 : (index / across) * width);
  return linePath(
    all.map((value, index) => (Number.isFinite(value) ? [xOf(index), yOf(value)] : null)),
  );
}

/** Largest over smallest singular value; Infinity for a singular matrix, NaN without values. */
export function conditionNumber(values: ArrayLike<number>): number {
  const largest = values[0] ?? NaN;
  const smallest = values[values.length - 1] ?? NaN;
  return smallest === 0 ? (largest > 0 ? Infinity : NaN) : largest / smallest;
}
