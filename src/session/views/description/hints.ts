/**
 * Hints about a result that differs, found by reading its values block by block.
 */
import { toleranceFor } from "../../../analysis/compare";
import {
  notANumberHint,
  rowOrderHint,
  scaledHint,
  sumsOf,
  type ComparedBlock,
} from "../../../analysis/hints";
import {
  looksRounded,
  reducedPrecisionHint,
  spreadOf,
  type Spread,
} from "../../../analysis/spread";
import { stepSpans } from "../../../analysis/steps";
import type { ComparedTensor } from "../../../run/compare";
import { contradictionHint, differs } from "./contradiction";
import { finalStates, type RunResult } from "../../../run/execute";
import { text, type Text } from "../../../core/text";

/** Weights of 8 bits have no more values than these. */
const QUANTISED_VALUES = 256;

/** True of weights whose values repeat as those of 8 bits do: a reference rounds its inputs as well. */
function isQuantised({ inputs }: RunResult): boolean {
  return [...inputs.parameters.values()].some(({ shape, data }) => {
    if (shape.length !== 2) return false;
    const values = new Set<number>();
    for (let k = 0; k < data.length && values.size <= QUANTISED_VALUES; k++) values.add(data[k]!);
    return values.size > 2 && values.size <= Math.min(QUANTISED_VALUES, 0.8 * data.length);
  });
}

/** True when a hint about low precision is useless: the run computes in it, or the reference is stored in it. */
function isCoarse({ inputs }: RunResult): boolean {
  const { output, hn, cn } = inputs.reference;
  const isFull = ({ dtype }: { dtype: string }): boolean =>
    dtype === "float32" || dtype === "float64";
  const given = [output, hn, cn].filter((tensor) => tensor !== null);
  return !given.every(isFull) || inputs.precision === "f16" || inputs.precision === "bf16";
}

/** Hints about the difference of `output`, `h_n` or `c_n`. */
export function hintsOf(name: ComparedTensor["name"], run: RunResult): readonly Text[] {
  const isFirst = run.compared.find(differs)?.name === name;
  const contradiction = isFirst ? contradictionHint(run) : null;
  return [...(contradiction === null ? [] : [contradiction]), ...valueHints(name, run)];
}

/** Those that its values show beside the run's: none, or a sentence. */
function valueHints(name: ComparedTensor["name"], run: RunResult): readonly Text[] {
  const blocks = blocksOf(name, run);
  if (blocks === null || (name !== "output" && name !== "h_n" && name !== "c_n")) return [];
  const tensor = {
    blocks,
    batchSize: run.sizes.batchSize,
    lengths: run.inputs.lengths,
    tolerance: toleranceFor(run.context.tolerance, name),
    noiseFloor: run.noise?.floor ?? 0,
  };
  const sums = sumsOf(tensor);
  const plain = notANumberHint(sums) ?? rowOrderHint(tensor) ?? scaledHint(sums);
  if (plain !== null) return [...wholeNumbersHint(name, run), plain];
  const spread = spreadOf(tensor, sums);
  const hint = precisionHint(name, spread, run);
  const precision = hint === null ? wholeNumbersHint(name, run) : [hint];
  return [...precision, ...(looksRounded(spread) ? storedHint(run) : [])];
}

/** The hint about reduced precision; null where it says nothing, or where something else explains the difference. */
function precisionHint(name: string, spread: Spread | null, run: RunResult): Text | null {
  // Final states are of one step: what it hands on to the next cannot be seen in them.
  const isTold = name === "output" && !isCoarse(run) && !isQuantised(run);
  return isTold ? reducedPrecisionHint(spread) : null;
}

/** A reference of integers: states are none. */
function wholeNumbersHint(name: "output" | "h_n" | "c_n", { inputs }: RunResult): readonly Text[] {
  const { output, hn, cn } = inputs.reference;
  const dtype = { output, h_n: hn, c_n: cn }[name]?.dtype ?? "";
  if (!/^(u?int|bool)/.test(dtype)) return [];
  return [text("the reference is stored as {0}: states are no whole numbers", dtype)];
}

/** Weights and inputs stored in 16 bits, which a reference may have been made without. */
function storedHint({ inputs }: RunResult): readonly Text[] {
  const stored = [inputs.input, ...inputs.parameters.values()].map(({ dtype }) => dtype);
  const coarse = stored.find((dtype) => dtype === "float16" || dtype === "bfloat16");
  if (coarse === undefined) return [];
  return [
    text(
      "the run's own files hold {0}: a reference that was made before they were rounded to it differs by about as much",
      coarse,
    ),
  ];
}

function blocksOf(
  name: ComparedTensor["name"],
  run: RunResult,
): (() => Iterable<ComparedBlock>) | null {
  if (name === "output") return () => outputBlocks(run);
  if (name !== "h_n" && name !== "c_n") return null;
  const stateName = name === "h_n" ? "h" : "c";
  const reference = stateName === "h" ? run.reference.hn : run.reference.cn;
  if (reference === null) return null;
  const units = stateName === "h" ? run.trace.stateSize : run.trace.cellSize;
  const ours = finalStates(run.trace, stateName);
  return () => [{ part: 0, units, ours, reference }];
}

function* outputBlocks({ lanes, sizes }: RunResult): Generator<ComparedBlock> {
  const { seqLength, batchSize } = sizes;
  const parts = lanes.find(({ id }) => id === "output")?.parts ?? [];
  for (const [part, { units, ours, reference }] of parts.entries()) {
    if (reference === null) return;
    for (const { from, to } of stepSpans(
      { from: 0, to: seqLength },
      ours.blockSteps,
      batchSize * units,
    )) {
      yield { part, units, ours: ours.read(from, to), reference: reference.read(from, to) };
    }
  }
}
