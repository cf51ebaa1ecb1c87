/**
 * The layers around a recurrent module: nn.Embedding before it, nn.Linear after it.
 *
 * Source: torch.nn.Embedding and torch.nn.Linear documentation. `padding_idx`, `max_norm` and dropout change nothing
 * in eval mode. Sums are in float64 and rounded once when stored, as torch rounds a 16-bit product and its bias once.
 */
import { LimitError, UnsupportedError } from "../core/errors";
import { numDirections } from "../model/config";
import { directionsOf } from "../model/directions";
import type { Head } from "../model/find/head";
import { text } from "../core/text";
import { controlOfPart, noControl, type RunControl } from "../core/control";
import type { ForwardInput, Precision, StateArray } from "./base/engine";
import { dot } from "./readable/linalg";
import { stepBlocks } from "./base/plan";
import { roundingOf } from "./base/rounding";
import { readInputRow } from "./readable/readable";
import { allocate } from "./base/states";
import type { ForwardTrace } from "./base/trace";

/** An nn.Embedding's table: (V, E), row-major. */
export interface EmbeddingTable {
  readonly values: StateArray;
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
}

/** An nn.Linear: weight (out, F), row-major, and bias (out) or null. */
export interface LinearWeights {
  readonly weight: StateArray;
  readonly bias: StateArray | null;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** Logits or embedded values beyond this are refused: a table of a large vocabulary over a long sequence. */
const maxValues = 2 ** 27;

/** Multiplications between two looks at whether to stop: well under 50 ms. */
const multiplicationsPerLook = 4e6;

/** The first token that is not a whole number in 0…V−1: its position in `tokens`; −1 when there is none. */
export function firstBadToken(tokens: StateArray, numEmbeddings: number): number {
  return tokens.findIndex(
    (token: number) => !(Number.isInteger(token) && token >= 0 && token < numEmbeddings),
  );
}

/**
 * Looks tokens up in the table: (…tokens, E), in the order of `tokens`; a 16-bit precision rounds the rows to it.
 * @throws UnsupportedError at a token that the table has no row for, LimitError for more values than are kept.
 */
export function embedTokens(
  tokens: StateArray,
  table: EmbeddingTable,
  precision: Precision,
): StateArray {
  const { values, numEmbeddings, embeddingDim } = table;
  assertSize("embedded", tokens.length * embeddingDim);
  const bad = firstBadToken(tokens, numEmbeddings);
  if (bad >= 0) {
    throw new UnsupportedError(
      { option: "input" },
      text(
        "token {0} at position {1} is not a row of the embedding, which has rows 0 to {2}",
        String(tokens[bad]),
        bad,
        numEmbeddings - 1,
      ),
    );
  }
  const embedded = allocate(precision, tokens.length * embeddingDim);
  tokens.forEach((token: number, position: number) => {
    const row = values.subarray(token * embeddingDim, (token + 1) * embeddingDim);
    embedded.set(row, position * embeddingDim);
  });
  if (precision === "f16" || precision === "bf16") roundAll(embedded, precision);
  return embedded;
}

/**
 * The logits of a run: (T, B, out) for `every`, time-major, else (B, out).
 *
 * `last` reads the output at t = T − 1, in the padding of shorter sequences too, as `output[:, -1]` does. `h_n` reads
 * the last layer's final states; a Linear with the features of one direction reads the last row, `h_n[-1]`.
 * @throws LimitError for more logits than are kept, CancelledError.
 */
export function runHead(
  head: Head,
  linear: LinearWeights,
  run: ForwardInput,
  trace: ForwardTrace,
  control: RunControl = noControl,
): StateArray {
  const { seqLength, batchSize, precision } = run;
  if (head === "h_n") {
    const parts = headParts(head, linear, run, trace);
    return applyLinear(linear, parts, { rows: batchSize, precision, control });
  }
  const from = head === "last" ? seqLength - 1 : 0;
  const rowSize = batchSize * linear.outFeatures;
  assertSize("logits", (seqLength - from) * rowSize);
  const logits = allocate(precision, (seqLength - from) * rowSize);
  for (const block of stepBlocks(seqLength - from, trace.blockSteps)) {
    const steps = [from + block.from, from + block.to] as const;
    const parts = headParts(head, linear, run, trace, steps);
    const rows = (block.to - block.from) * batchSize;
    const count = seqLength - from;
    const part = controlOfPart(control, block.from / count, block.to / count);
    const values = applyLinear(linear, parts, { rows, precision, control: part });
    logits.set(values, block.from * rowSize);
  }
  return logits;
}

/** What the linear layer reads, one part a direction: the last layer's final states, or the output at some steps. */
export function headParts(
  head: Head,
  { inFeatures }: Pick<LinearWeights, "inFeatures">,
  run: ForwardInput,
  trace: ForwardTrace,
  [from, to]: readonly [number, number] = [0, 1],
): StateArray[] {
  return head === "h_n" ? finalParts(run, trace, inFeatures) : outputParts(run, trace, from, to);
}

/** The output at steps from…to, one part (to − from, B, P) a direction. */
function outputParts(
  { config }: ForwardInput,
  trace: ForwardTrace,
  from: number,
  to: number,
): StateArray[] {
  const layer = config.numLayers - 1;
  return directionsOf(config).map((_, directionIndex) => {
    const states = trace.read("h", { layer, directionIndex }, from, to);
    // What is read is the reader's until its next call, and the next direction's is one.
    return config.bidirectional ? states.slice() : states;
  });
}

/** The last layer's final states, one part (B, P) a direction; only the last of them when the Linear takes one. */
function finalParts(
  { config, batchSize }: ForwardInput,
  { hn, stateSize }: ForwardTrace,
  inFeatures: number,
): StateArray[] {
  const size = batchSize * stateSize;
  const wanted = inFeatures === stateSize ? 1 : numDirections(config);
  const first = hn.length / size - wanted;
  return Array.from({ length: wanted }, (_, k) =>
    hn.subarray((first + k) * size, (first + k + 1) * size),
  );
}

/** y = x·Wᵀ + b over rows, whose features lie in parts side by side, each (rows, features of the part): (rows, out). */
export function applyLinear(
  linear: LinearWeights,
  parts: readonly StateArray[],
  options: {
    readonly rows: number;
    readonly precision: Precision;
    readonly control?: RunControl;
  },
): StateArray {
  const { rows, precision, control = noControl } = options;
  const { inFeatures, outFeatures } = linear;
  const weight = Float64Array.from(linear.weight);
  const round = roundingOf(precision);
  const x = new Float64Array(inFeatures);
  const result = allocate(precision, rows * outFeatures);
  const rowsPerLook = Math.max(1, Math.floor(multiplicationsPerLook / weight.length));
  for (let row = 0; row < rows; row++) {
    if (row % rowsPerLook === 0) {
      control.check();
      control.report(row / rows, text("Running the linear layer"));
    }
    readInputRow(parts, row, rows, x);
    for (let unit = 0; unit < outFeatures; unit++) {
      const sum = dot(weight, unit * inFeatures, x, inFeatures);
      result[row * outFeatures + unit] = round(sum + (linear.bias?.[unit] ?? 0));
    }
  }
  return result;
}

function roundAll(values: StateArray, precision: Precision): void {
  const round = roundingOf(precision);
  for (let k = 0; k < values.length; k++) values[k] = round(values[k]!);
}

function assertSize(name: string, count: number): void {
  if (count > maxValues)
    throw new LimitError({ tensor: name }, { of: "value-count" }, maxValues, count);
}
