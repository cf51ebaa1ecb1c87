/**
 * The ledger's rows for what a run is given beside its weights: input, h0, lengths and the reference.
 */
import { formatShape, sameShape, type Shape } from "../tensor/tensor";
import { text } from "../text";
import { numDirections, stateSize, type RecurrentConfig } from "./config";
import type { CheckedRow, Clash, LedgerInputs, LedgerRow } from "./ledger";
import {
  emptyInputText,
  emptySequenceText,
  featuresText,
  h0Text,
  inputRankText,
  lengthCountText,
  longSequenceText,
} from "./pytorchTexts";
import { outputShapes, sequenceShape, sequenceSizes, type SequenceSizes } from "./sequence";

/** Row of the input: rank 2 or 3, with the features that layer 0 takes, and at least one step and one sequence. */
export function checkInput(inputs: LedgerInputs): CheckedRow {
  const { config, input } = inputs;
  const { inputSize, batchFirst } = config;
  const sizes = sequenceSizes(input, batchFirst);
  if (sizes === null) {
    const reason = text("an input has 2 axes, or 3 with a batch");
    const row: LedgerRow = {
      name: "input",
      axes: input.map(() => "?"),
      found: input,
      expected: null,
      status: "mismatch",
      reason,
    };
    return {
      row,
      clash: {
        clash: text("input cannot be read: it is {0}, needed 2 or 3 axes", formatShape(input)),
        why: text(
          "A sequence is [T, I], a batch of them [T, B, I], or [B, T, I] with batch_first.",
        ),
        product: null,
        pytorch: inputRankText(config, input.length),
      },
    };
  }
  const { unbatched, features } = sizes;
  const expected = sequenceShape({ ...sizes, features: inputSize }, batchFirst);
  const axes = unbatched ? ["T", "I"] : batchFirst ? ["B", "T", "I"] : ["T", "B", "I"];
  const row = { name: "input", axes, found: input, expected };
  if (features !== inputSize) {
    const reason = text("weight_ih_l0 takes I = {0} features", inputSize);
    return { row: { ...row, status: "mismatch", reason }, clash: featureClash(inputs, sizes) };
  }
  if (sizes.seqLength === 0 || sizes.batchSize === 0) {
    const reason = text("there is nothing to run: T and B must be at least 1");
    const clash = text(
      "input cannot be run: it is {0}, one of its axes has size 0",
      formatShape(input),
    );
    return {
      row: { ...row, status: "mismatch", reason },
      clash: { clash, why: reason, product: null, pytorch: emptyInputText(config, sizes) },
    };
  }
  const reason = text("I = {0} features of weight_ih_l0", inputSize);
  return { row: { ...row, status: "ok", reason }, clash: null };
}

function featureClash(inputs: LedgerInputs, { features, batchSize }: SequenceSizes): Clash {
  const { input, config } = inputs;
  const { inputSize } = config;
  const elsewhere = input.findIndex((size) => size === inputSize);
  return {
    clash: text(
      "layer 0 → cannot run: the last axis of input {0} is {1}, needed {2}",
      formatShape(input),
      features,
      inputSize,
    ),
    why:
      elsewhere < 0
        ? text(
            "weight_ih_l0 has {0} columns, one per feature; no axis of the input has that size.",
            inputSize,
          )
        : text(
            "weight_ih_l0 has {0} columns, one per feature; axis {1} of the input has that size, so its axes may be in another order.",
            inputSize,
            elsewhere,
          ),
    product: {
      left: { label: "x_t", shape: [batchSize, features] },
      right: { label: "W_ihᵀ", shape: [inputSize, config.hiddenSize] },
    },
    pytorch: featuresText(config, features),
  };
}

/** Row of h0; null when none was given. */
export function checkH0(inputs: LedgerInputs, sizes: SequenceSizes): CheckedRow | null {
  const { h0: found, config } = inputs;
  if (found === null) return null;
  const expected = outputShapes(config, sizes).hn;
  const row = { name: "h0", axes: stateAxes(config, sizes), found, expected };
  const slots = numDirections(config) * config.numLayers;
  const reason = config.isCellClass
    ? text("B = {0} of the input, H = {1}", sizes.batchSize, stateSize(config))
    : text("L·D = {0}, B = {1} of the input, H = {2}", slots, sizes.batchSize, stateSize(config));
  if (sameShape(found, expected)) return { row: { ...row, status: "ok", reason }, clash: null };
  return {
    row: { ...row, status: "mismatch", reason },
    clash: {
      clash: text(
        "h0 does not fit: it is {0}, needed {1}",
        formatShape(found),
        formatShape(expected),
      ),
      why: whyH0(found, expected),
      product: null,
      pytorch: h0Text(config, sizes, found),
    },
  };
}

function whyH0(found: Shape, expected: Shape): CheckedRow["row"]["reason"] {
  const swapped = [found[1] ?? 0, found[0] ?? 0, ...found.slice(2)];
  if (found.length === 3 && sameShape(swapped, expected)) {
    return text(
      "Its first two axes are exchanged: batch_first never moves the batch axis of h0, it is always [L·D, B, H].",
    );
  }
  if (found.length === 3 && (found[0] ?? 0) * 2 === expected[0]) {
    return text(
      "A bidirectional module needs a row for each direction of each layer: twice as many.",
    );
  }
  return text("h0 has one row per layer and direction, forward before reverse.");
}

/** Axes of h0 and h_n. */
function stateAxes({ isCellClass }: RecurrentConfig, { unbatched }: SequenceSizes): string[] {
  return [...(isCellClass ? [] : ["L·D"]), ...(unbatched ? [] : ["B"]), "H"];
}

/** Row of the lengths of packed sequences; null when none were given. */
export function checkLengths(inputs: LedgerInputs, sizes: SequenceSizes): CheckedRow | null {
  const { lengths } = inputs;
  if (lengths === null) return null;
  const { batchSize, seqLength } = sizes;
  const row = { name: "lengths", axes: ["B"], found: [lengths.length], expected: [batchSize] };
  const stop = (reason: CheckedRow["row"]["reason"], pytorch: string): CheckedRow => ({
    row: { ...row, status: "mismatch", reason },
    clash: { clash: text("lengths do not fit: {0}", reason), why: null, product: null, pytorch },
  });
  if (lengths.length !== batchSize) {
    return stop(
      text("there are {0} lengths for B = {1} sequences", lengths.length, batchSize),
      lengthCountText(lengths.length, batchSize),
    );
  }
  const tooShort = lengths.find((length) => !Number.isInteger(length) || length < 1);
  if (tooShort !== undefined) {
    return stop(
      text("a length is {0}, every sequence needs at least one step", tooShort),
      emptySequenceText,
    );
  }
  const tooLong = lengths.find((length) => length > seqLength);
  if (tooLong !== undefined) {
    return stop(
      text("a length is {0}, the input has T = {1} steps", tooLong, seqLength),
      longSequenceText(lengths, seqLength),
    );
  }
  const reason = text("one length per sequence, each from 1 to T = {0}", seqLength);
  return { row: { ...row, status: "ok", reason }, clash: null };
}

/** Rows of the reference. They never stop the run: what does not fit cannot be compared, and says so. */
export function referenceRows(inputs: LedgerInputs, sizes: SequenceSizes): LedgerRow[] {
  const { config, referenceOutput, referenceHn } = inputs;
  const rows: LedgerRow[] = [];
  const expected = outputShapes(config, sizes);
  const featureAxis = config.bidirectional ? "D·H" : "H";
  if (referenceOutput !== null) {
    const leading = sizes.unbatched ? ["T"] : config.batchFirst ? ["B", "T"] : ["T", "B"];
    const reason = config.bidirectional
      ? text("the module's output: D·H = 2 · {0}", stateSize(config))
      : text("the module's output: H = {0}", stateSize(config));
    rows.push(
      referenceRow(
        "reference output",
        [...leading, featureAxis],
        referenceOutput,
        expected.output,
        reason,
      ),
    );
  }
  if (referenceHn !== null) {
    const axes = stateAxes(config, sizes);
    const reason = text("the module's last states, layer by layer, forward before reverse");
    rows.push(referenceRow("reference h_n", axes, referenceHn, expected.hn, reason));
  }
  return rows;
}

function referenceRow(
  name: string,
  axes: readonly string[],
  found: Shape,
  expected: Shape,
  reason: LedgerRow["reason"],
): LedgerRow {
  const status = sameShape(found, expected) ? "ok" : "mismatch";
  return { name, axes, found, expected, status, reason };
}
