/**
 * Sequences of different lengths: padding that is read, lengths that are off, and rows that were sorted.
 */
import { numDirections, stateSize } from "../../model/config";
import { text, type Text } from "../../core/text";
import type { Alternative } from "./alternative";
import { takeRows, type Model } from "../base/model";
import type { Results } from "../forward/returned";
import type { Switches } from "../forward/switches";
import { all, hasLengths, sizesOf, twoDirections } from "./conditions";
import { eachState } from "./edits";

type Body = Omit<Alternative, "id" | "title" | "applies">;

function packing(name: string, title: Text, body: Body): Alternative {
  return { id: `packing/${name}`, title, applies: hasLengths, ...body };
}

function switched(name: string, title: Text, switches: Partial<Switches>): Alternative {
  return packing(name, title, { switches });
}

function lengths(
  name: string,
  title: Text,
  of: (length: number, T: number) => number,
): Alternative {
  return packing(name, title, {
    edit: (model) => ({
      ...model,
      lengths: model.lengths.map((length) => of(length, model.seqLength)),
    }),
  });
}

/** σ: the rows in the order of descending length, equal ones as they stand. */
function sortedRows({ lengths: of }: Model): number[] {
  return [...of.keys()].sort((left, right) => of[right]! - of[left]! || left - right);
}

function inSortedOrder(results: Results, parts: "all" | "finals"): Results {
  const { model } = results.run;
  const { batchSize, seqLength } = model;
  const rows = sortedRows(model);
  const take = (values: Float64Array, size: number): Float64Array =>
    takeRows(values, batchSize, rows, size);
  const width = results.output.length / (seqLength * batchSize);
  return {
    ...results,
    output: parts === "all" ? take(results.output, width) : results.output,
    hn: take(results.hn, stateSize(model.config)),
    cn: results.cn === null ? null : take(results.cn, model.config.hiddenSize),
  };
}

/** Forward rows of h_n from the masked output at the last step: 0 for a row that has ended before. */
function finalsFromOutput(results: Results): Results {
  const { model, lanes } = results.run;
  const { B, R, L, D, T } = sizesOf(model);
  const hn = results.hn.slice();
  for (let layer = 0; layer < L; layer++) {
    const lane = lanes[layer]![0]!;
    for (let row = 0; row < B; row++) {
      const at = (layer * D * B + row) * R;
      if (model.lengths[row]! < T) hn.fill(0, at, at + R);
      else hn.set(lane.hn.subarray(row * R, (row + 1) * R), at);
    }
  }
  return { ...results, hn };
}

function repeatLast(results: Results): Results {
  const { model } = results.run;
  const { T, B } = sizesOf(model);
  const width = results.output.length / (T * B);
  const output = results.output.slice();
  for (let row = 0; row < B; row++) {
    const length = model.lengths[row]!;
    if (length === 0) continue;
    const last = ((length - 1) * B + row) * width;
    for (let t = length; t < T; t++) {
      output.copyWithin((t * B + row) * width, last, last + width);
    }
  }
  return { ...results, output };
}

export const lengthAlternatives: readonly Alternative[] = [
  lengths(
    "lengths-ignored",
    text("the lengths are ignored: padding is read like input"),
    (_, T) => T,
  ),
  switched(
    "h_n-at-last-step",
    text(
      "the forward direction runs on through the padding, and h_n is its state at the last step",
    ),
    { forwardRunsOn: true },
  ),
  packing("h_n-from-output-last", text("h_n is the output at the last step, 0 for short rows"), {
    results: finalsFromOutput,
  }),
  {
    ...switched("reverse-over-padding", text("the reverse direction starts in the padding"), {
      reverse: "overPadding",
    }),
    applies: all(hasLengths, twoDirections),
  },
  {
    ...switched(
      "flip-then-mask",
      text("the reverse direction flips the whole sequence, padding included"),
      { reverse: "flipThenMask" },
    ),
    applies: all(hasLengths, twoDirections),
  },
  packing("padding-repeats-last", text("the output repeats its last valid step in the padding"), {
    results: repeatLast,
  }),
  lengths("lengths-one-short", text("every sequence ends one step early"), (length) =>
    Math.max(length - 1, 1),
  ),
  lengths("lengths-one-long", text("every sequence ends one step late"), (length, T) =>
    Math.min(length + 1, T),
  ),
  packing("order-not-restored", text("the rows are left in the order of their lengths"), {
    results: (results) => inSortedOrder(results, "all"),
    wholeBatch: true,
  }),
  packing(
    "h_n-order-not-restored",
    text("the rows of h_n and c_n are left in the order of the lengths"),
    { results: (results) => inSortedOrder(results, "finals"), wholeBatch: true },
  ),
  packing(
    "states-not-sorted",
    text("the rows were sorted by length, and the initial states were not"),
    {
      edit: (model) => {
        const sorted = sortedRows(model);
        // Row b stands at σ⁻¹(b) of the sorted rows, and takes the state of that place.
        const places = sorted.map((_, row) => sorted.indexOf(row));
        return eachState(model, (values) => {
          const slots = model.config.numLayers * numDirections(model.config);
          return takeRows(
            values,
            model.batchSize,
            places,
            values.length / (slots * model.batchSize),
          );
        });
      },
    },
  ),
];
