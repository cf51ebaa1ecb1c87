/**
 * Sequences of different lengths: packing, or a loop that keeps the state; rows back in their own order.
 */
import { isPytorchVariant } from "../../model/config";
import type { Dialect } from "./dialects";
import { sameMaker, type FixFrame, type Maker, type Makers, type Wrong } from "./fix";
import { list } from "./literals";
import { runLoop } from "./states";

/** `run_packed(rnn, x, lengths, hx)` of torch.nn; elsewhere the loop with lengths. */
const packed: Maker = (frame, wrong) => {
  const loop = runLoop("length")(frame, wrong);
  const { seqLength } = frame;
  const batchFirst = frame.config.batchFirst ? ", batch_first=True" : "";
  return {
    python: (dialect) =>
      // For cells that torch.nn does not have there is no packing either.
      dialect.name === "numpy" || frame.config.isCellClass || !isPytorchVariant(frame.config)
        ? loop.python(dialect)
        : [
            "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence",
            "",
            "def run_packed(rnn, x, lengths, hx=None):",
            `    # was: ${wrong.title}`,
            `    packed = pack_padded_sequence(x, lengths${batchFirst}, enforce_sorted=False)`,
            "    output, states = rnn(packed, hx)",
            `    output, _ = pad_packed_sequence(output${batchFirst}, total_length=${seqLength})`,
            "    return output, states",
          ],
    typescript: loop.typescript,
  };
};

/** σ: rows by descending length, equal ones as they stand. */
export function sortedRows(lengths: readonly number[]): number[] {
  return [...lengths.keys()].sort(
    (left, right) => lengths[right]! - lengths[left]! || left - right,
  );
}

/** Where each row of the batch lies among rows in the order `rows`. */
function placesOf(rows: readonly number[]): number[] {
  return rows.map((_, row) => rows.indexOf(row));
}

/** `restore(values, axis)`: rows that lie in another order, back in their own. */
export function restored(
  frame: FixFrame,
  { title }: Wrong,
  rows: readonly number[],
): ReturnType<Maker> {
  return rowsTaken(["restore", "restore"], frame, `was: ${title}`, placesOf(rows));
}

function rowsTaken(
  [inPython, inTypescript]: readonly [string, string],
  { batchSize }: FixFrame,
  comment: string,
  rows: readonly number[],
): ReturnType<Maker> {
  return {
    python: (dialect: Dialect) => [
      `def ${inPython}(values, axis=1):  # axis of the batch: 1 of h_n and c_n, 0 of an output with batch_first`,
      `    # ${comment}`,
      `    rows = ${dialect.array(list(rows))}  # row k is row rows[k] of values`,
      `    return ${dialect.take("values", "rows", "axis")}`,
    ],
    typescript: [
      "/** size: values of one row, the axes behind the batch. */",
      `function ${inTypescript}(values: Float32Array, size: number): Float32Array {`,
      `  // ${comment}`,
      `  const [rows, B] = [${list(rows)}, ${batchSize}]; // row k is row rows[k] of values`,
      "  const from = (at: number): number => at - (at % B) + rows[at % B];",
      "  return values.map((_, k) => values[from(Math.floor(k / size)) * size + (k % size)]);",
      "}",
    ],
  };
}

const orderRestored: Maker = (frame, wrong) => restored(frame, wrong, sortedRows(lengthsOf(frame)));

/** h0 and c0 in the order of the rows that the sorted sequences have. */
const statesSorted: Maker = (frame, wrong) =>
  rowsTaken(
    ["sort_states", "sortStates"],
    frame,
    `was: ${wrong.title}`,
    sortedRows(lengthsOf(frame)),
  );

function lengthsOf({ lengths, seqLength, batchSize }: FixFrame): readonly number[] {
  return lengths ?? new Array<number>(batchSize).fill(seqLength);
}

export const lengthFixes: Makers = {
  ...sameMaker(
    "packing",
    [
      "lengths-ignored",
      "h_n-at-last-step",
      "padding-repeats-last",
      "lengths-one-short",
      "lengths-one-long",
    ],
    packed,
  ),
  ...sameMaker("packing", ["order-not-restored", "h_n-order-not-restored"], orderRestored),
  "packing/states-not-sorted": statesSorted,
};
