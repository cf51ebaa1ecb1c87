/**
 * Gathers the rows that a linear head reads from the results, and scatters their gradient back.
 */
import { numDirections, stateSize } from "../../model/config";
import { headSource, type Head } from "../../model/find/head";
import type { ForwardInput } from "../base/engine";
import type { OutputGradient } from "./outputGradient";
import type { ForwardTrace } from "../base/trace";

/** Features of every row that a head reads: (T·B, F) time-major for `every`, else (B, F). */
export function headFeatures(
  head: Head,
  run: ForwardInput,
  trace: ForwardTrace,
  inFeatures: number,
): Float64Array {
  const parts = head === "h_n" ? finalParts(run, trace, inFeatures) : outputParts(head, run, trace);
  const rows = parts[0]!.length / stateSize(run.config);
  const features = new Float64Array(rows * parts.length * stateSize(run.config));
  parts.forEach((part, index) => {
    copyRows(part, features, { units: stateSize(run.config), parts: parts.length, index });
  });
  return features;
}

/** Where the gradient of a head's features begins in the run: the inverse of `headFeatures`. */
export function headGradient(
  head: Head,
  run: ForwardInput,
  ofFeatures: Float64Array,
  inFeatures: number,
): OutputGradient {
  const { config, seqLength, batchSize } = run;
  const [units, directions] = [stateSize(config), numDirections(config)];
  const width = units * directions;
  if (head === "every") return { output: ofFeatures, hn: null, cn: null };
  if (head === "last") {
    const output = (from: number, to: number, into: Float64Array): void => {
      if (to === seqLength) into.set(ofFeatures, (seqLength - 1 - from) * batchSize * width);
    };
    return { output, hn: null, cn: null };
  }
  const wanted = headSource(config, head, inFeatures) === "lastRow" ? 1 : directions;
  const hn = new Float64Array(config.numLayers * directions * batchSize * units);
  for (let index = 0; index < wanted; index++) {
    const slot = config.numLayers * directions - wanted + index;
    for (let batch = 0; batch < batchSize; batch++) {
      const from = batch * wanted * units + index * units;
      hn.set(ofFeatures.subarray(from, from + units), (slot * batchSize + batch) * units);
    }
  }
  return { output: null, hn, cn: null };
}

/** Copies (rows, units) into its columns of (rows, parts · units). */
function copyRows(
  part: Float64Array,
  features: Float64Array,
  { units, parts, index }: Readonly<Record<"units" | "parts" | "index", number>>,
): void {
  for (let row = 0; row * units < part.length; row++) {
    const values = part.subarray(row * units, (row + 1) * units);
    features.set(values, (row * parts + index) * units);
  }
}

/** The output from the first step that the head reads, one part (rows, P) a direction. */
function outputParts(
  head: "last" | "every",
  { config, seqLength }: ForwardInput,
  trace: ForwardTrace,
): Float64Array[] {
  const from = head === "last" ? seqLength - 1 : 0;
  return Array.from({ length: numDirections(config) }, (_, directionIndex) =>
    Float64Array.from(
      trace.read("h", { layer: config.numLayers - 1, directionIndex }, from, seqLength),
    ),
  );
}

/** The last layer's final states, (B, P) a direction; only the last of them when the head has no more features. */
function finalParts(
  { config, batchSize }: ForwardInput,
  { hn }: ForwardTrace,
  inFeatures: number,
): Float64Array[] {
  const size = batchSize * stateSize(config);
  const wanted = headSource(config, "h_n", inFeatures) === "lastRow" ? 1 : numDirections(config);
  const first = hn.length / size - wanted;
  return Array.from({ length: wanted }, (_, index) =>
    Float64Array.from(hn.subarray((first + index) * size, (first + index + 1) * size)),
  );
}
