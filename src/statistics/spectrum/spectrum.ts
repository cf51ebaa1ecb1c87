/**
 * Spectra of recurrent weights: eigenvalues, singular values, and what they say about the network.
 */
import { rounded } from "../../core/numeric";
import { LimitError, ShapeError, UnsupportedError } from "../../core/errors";
import type { RunControl } from "../../core/control";
import { isComplex } from "../../tensor/dtype";
import { numbersOf } from "../../tensor/numbers";
import type { TensorSource } from "../../tensor/source";
import { text, type Text } from "../../core/text";
import { eigenvalues } from "./eigenvalues";
import type { NamedRows } from "../observed";
import { iteratedSpectrum } from "./iterated";
import { singularValues } from "./singularValues";
import { WorkProgress } from "../../core/workProgress";

/** Of one square block: W_hh of an RNN, or one gate's block of it. */
export interface BlockSpectrum {
  /** Name of the gate block; empty for a matrix without blocks. */
  readonly name: string;
  /** Largest |eigenvalue|. */
  readonly spectralRadius: number;
  /** Largest first; only the largest ones of a matrix that is too large for all. */
  readonly singularValues: Float64Array;
  /** Real and imaginary parts of the eigenvalues, interleaved; empty where they were not computed. */
  readonly eigenvalues: Float64Array;
  readonly sentence: Text;
}

export interface Spectrum {
  readonly blocks: readonly BlockSpectrum[];
}

/** All eigenvalues and singular values up to here; half a minute for the largest. */
const maxWholeSize = 1024;

/** Elements of a block that is iterated on. */
const maxElements = 2 ** 27;

/**
 * The spectrum of a square matrix, or of each square block of rows.
 * @throws ShapeError when the blocks are not square, UnsupportedError when the matrix holds NaN, infinities or complex
 * numbers, LimitError when it is too large, CancelledError when `control` says so; what reading throws.
 */
export async function readSpectrum(
  source: TensorSource,
  blocks: readonly NamedRows[],
  control: RunControl,
): Promise<Spectrum> {
  const { name, shape, dtype } = source;
  const [rows = 0, columns = 0] = shape;
  const parts = blocks.length === 0 ? [{ name: "", start: 0, end: rows }] : blocks;
  if (shape.length !== 2 || parts.some(({ start, end }) => end - start !== columns)) {
    throw new ShapeError(
      name,
      [columns, columns],
      shape,
      text("only square matrices have a spectrum"),
    );
  }
  if (isComplex(dtype)) {
    throw new UnsupportedError(
      { tensor: name },
      text("the spectrum of complex numbers is not computed"),
    );
  }
  if (columns * columns > maxElements) {
    const found = columns * columns;
    throw new LimitError({ tensor: name }, { of: "spectrum-value-count" }, maxElements, found);
  }
  const progress = new WorkProgress(control, text("Computing the spectrum of {0}", name));
  progress.expect(parts.length * workOf(columns));
  const spectra: BlockSpectrum[] = [];
  for (const block of parts) {
    const matrix = await readBlock(source, block, columns);
    spectra.push(
      blockSpectrum(matrix, columns, { name: block.name, isAlone: parts.length === 1 }, progress),
    );
  }
  return { blocks: spectra };
}

/** The total work of one block, as counted by `progress`. */
function workOf(n: number): number {
  return n ** 3;
}

async function readBlock(
  source: TensorSource,
  { start }: NamedRows,
  n: number,
): Promise<Float64Array> {
  const raw = await source.readBox({ start: [start, 0], size: [n, n] });
  const matrix = Float64Array.from(numbersOf(raw));
  const other = matrix.findIndex((value) => value - value !== 0);
  if (other < 0) return matrix;
  const index = [start + Math.floor(other / n), other % n];
  throw new UnsupportedError(
    { tensor: source.name },
    text("it holds {0} at [{1}], so it has no spectrum", String(matrix[other]), index.join(", ")),
  );
}

function blockSpectrum(
  matrix: Float64Array,
  n: number,
  { name, isAlone }: { name: string; isAlone: boolean },
  progress: WorkProgress,
): BlockSpectrum {
  if (n > maxWholeSize) {
    const { radius, largest, isSettled } = iteratedSpectrum(matrix, n, progress);
    return {
      name,
      spectralRadius: radius,
      singularValues: largest,
      eigenvalues: new Float64Array(),
      sentence: isSettled
        ? text(
            "{0}; by iteration: all eigenvalues of so large a matrix take too long",
            sentenceOf(radius, largest, isAlone),
          )
        : text(
            "{0}; an estimate: the iteration had not settled",
            sentenceOf(radius, largest, isAlone),
          ),
    };
  }
  const singular = singularValues(matrix.slice(), [n, n], progress);
  const eigen = eigenvalues(matrix, n, progress);
  if (eigen === null) {
    return {
      name,
      spectralRadius: NaN,
      singularValues: singular,
      eigenvalues: new Float64Array(),
      sentence: text("the eigenvalues did not converge"),
    };
  }
  const radius = n === 0 ? 0 : Math.hypot(eigen[0]!, eigen[1]!);
  return {
    name,
    spectralRadius: radius,
    singularValues: singular,
    eigenvalues: eigen,
    sentence: sentenceOf(radius, singular, isAlone),
  };
}

/** What a radius says of an RNN, whose weight is one block; a gate's block is only a part of what multiplies the state. */
function sentenceOf(radius: number, singular: Float64Array, isAlone: boolean): Text {
  const shown = shortNumber(radius);
  const largest = singular[0] ?? 0;
  if (!isAlone) {
    return radius > 1
      ? text("spectral radius {0}: above 1, though gates scale what it multiplies", shown)
      : text("spectral radius {0}: at most 1, and gates scale what it multiplies", shown);
  }
  const isOrthogonal = singular.length > 0 && largest - 1 < 1e-4 && singular.at(-1)! - 1 > -1e-4;
  if (isOrthogonal) {
    return text(
      "spectral radius {0}: orthogonal, it neither shrinks nor stretches the state",
      shown,
    );
  }
  if (radius > 1) {
    return text("spectral radius {0}: states and gradients of an RNN with it can grow", shown);
  }
  return largest > 1
    ? text(
        "spectral radius {0}: states of an RNN with it die away, after growing by up to {1} in a step",
        shown,
        shortNumber(largest),
      )
    : text("spectral radius {0}: states and gradients of an RNN with it die away", shown);
}

/** Three digits: 1.24. */
function shortNumber(value: number): string {
  return String(rounded(value, 3));
}
