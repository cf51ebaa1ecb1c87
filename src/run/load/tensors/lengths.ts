/**
 * The lengths of the sequences of a run: numbers, a tensor, a mask, or those of a PackedSequence.
 */
import { UnsupportedError } from "../../../core/errors";
import { sequenceSizes, type SequenceSizes } from "../../../model/sequence";
import { formatShape, type Shape, type Tensor } from "../../../tensor/tensor";
import { text, type Text } from "../../../core/text";
import type { SourcedTensor } from "./chooseTensor";
import type { ReadTensors } from "./runTensors";

/** The input as it runs. */
export interface RunSequence {
  readonly shape: Shape;
  readonly batchFirst: boolean;
}

/** Lengths that a sentence lists; the rest is left out. */
const maxListed = 12;

/** `4, 6, 2` */
export function listed(lengths: readonly number[]): string {
  return lengths.slice(0, maxListed).join(", ") + (lengths.length > maxListed ? ", …" : "");
}

/**
 * The lengths of a run, with a note where they were not simply given.
 * @throws UnsupportedError for values that are not lengths, and for lengths that contradict a PackedSequence.
 */
export function takeLengths(
  { input, lengths, reference }: Pick<ReadTensors, "input" | "lengths" | "reference">,
  sequence: RunSequence,
  notes: Text[],
): readonly number[] | null {
  const given = lengths === null ? null : givenLengths(lengths, sequence, notes);
  if (input.packed !== null) {
    if (given !== null && !isSame(given, input.packed)) {
      throw new UnsupportedError(
        { option: "lengths" },
        text("the input is a PackedSequence of the lengths {0}", listed(input.packed)),
        {
          remedies: [
            { do: "leave-out", option: "lengths" },
            { do: "give-same", option: "lengths" },
          ],
        },
      );
    }
    return input.packed;
  }
  const packed = reference.output?.packed ?? null;
  if (packed === null) return given;
  if (given === null && isOf(packed, sequence)) {
    notes.push(text("lengths {0} are those of the reference, a PackedSequence", listed(packed)));
    return packed;
  }
  if (given !== null && !isSame(given, packed)) {
    notes.push(
      text(
        "the reference is a PackedSequence of other lengths than the run's: {0}",
        listed(packed),
      ),
    );
  }
  return given;
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((length, row) => length === right[row]);
}

function isOf(lengths: readonly number[], { shape, batchFirst }: RunSequence): boolean {
  const sizes = sequenceSizes(shape, batchFirst);
  return (
    sizes !== null &&
    !sizes.unbatched &&
    sizes.batchSize === lengths.length &&
    lengths.every((length) => length <= sizes.seqLength)
  );
}

function givenLengths(
  lengths: readonly number[] | SourcedTensor,
  { shape, batchFirst }: RunSequence,
  notes: Text[],
): readonly number[] {
  if (!("tensor" in lengths)) return lengths;
  const { file, name, tensor } = lengths;
  const bad = tensor.data.find((length) => !Number.isFinite(length));
  if (bad !== undefined) {
    const problem = text("a length is {0}, lengths are whole numbers", String(bad));
    throw new UnsupportedError({ file }, problem, { data: { tensor: name } });
  }
  const sizes = sequenceSizes(shape, batchFirst);
  const readings = sizes === null ? [] : maskReadings(tensor, sizes);
  if (readings.length === 0) return Array.from(tensor.data);
  const sums = readings.map(rowSums);
  const [first = null, second = first] = sums.filter((each) => each !== null);
  if (first === null || second === null || !isSame(first, second)) {
    throw new UnsupportedError({ file }, maskProblem(name, tensor.shape, first !== null), {
      data: { tensor: name },
    });
  }
  notes.push(
    text(
      "lengths are the row sums of the mask {0} {1}: {2}",
      ...[name, formatShape(tensor.shape)],
      listed(first),
    ),
  );
  return first;
}

function maskProblem(name: string, shape: Shape, isAmbiguous: boolean): Text {
  return isAmbiguous
    ? text(
        "{0} {1} is a mask whose rows may be sequences or steps, B and T being the same; give its row sums as lengths",
        name,
        formatShape(shape),
      )
    : text(
        "{0} {1} is a mask, and not of sequences that begin at step 0 and end in padding: a row of it must be ones, then zeros. Move the sequences to the beginning, and give the number of steps of each as lengths",
        name,
        formatShape(shape),
      );
}

/** Rows of a mask, one for each sequence. */
type MaskRows = readonly (readonly number[])[];

/** The ways in which a tensor is a mask of the run's steps by its shape; none for a tensor of lengths. */
function maskReadings(tensor: Tensor, { seqLength, batchSize }: SequenceSizes): MaskRows[] {
  const { shape, data } = tensor;
  // One number for each sequence is a length, also where every sequence has one step.
  if (!hasMaskValues(tensor) || data.length === batchSize) return [];
  const [rows = 0, columns = 0] = shape.length === 1 ? [1, shape[0]] : shape;
  const rowsOf = (count: number, at: (row: number, step: number) => number): MaskRows =>
    Array.from({ length: count }, (_, row) =>
      Array.from({ length: data.length / count }, (__, step) => data[at(row, step)]!),
    );
  const readings: MaskRows[] = [];
  if (rows === batchSize && columns === seqLength) {
    readings.push(rowsOf(rows, (row, step) => row * columns + step));
  }
  if (rows === seqLength && columns === batchSize) {
    readings.push(rowsOf(columns, (row, step) => step * columns + row));
  }
  return readings;
}

/** A vector, a matrix or one with a last axis of size 1, of zeros and ones. */
function hasMaskValues({ shape, data, dtype }: Tensor): boolean {
  const hasAxes =
    shape.length === 1 || shape.length === 2 || (shape.length === 3 && shape[2] === 1);
  return hasAxes && (dtype === "bool" || data.every((value) => value === 0 || value === 1));
}

/** The sum of each row; null unless each row is ones, then zeros. */
function rowSums(rows: MaskRows): readonly number[] | null {
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const isPadded = rows.every((row, index) =>
    row.every((value, k) => value === Number(k < (sums[index] ?? 0))),
  );
  return isPadded ? sums : null;
}
