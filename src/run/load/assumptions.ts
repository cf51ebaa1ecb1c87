/**
 * Values that neither the run nor its files state: inferred from shapes, or PyTorch's default. Each with a note.
 */
import type { RecurrentConfig } from "../../model/config";
import { remarksOf } from "../../model/facts";
import type { RecurrentModule } from "../../model/find/find";
import { impliedBatchFirst } from "../../model/find/fit";
import { departures, optionsNotOf, variantWith } from "../../model/variant";
import type { Precision, RunOptions, RunSpec } from "../spec/spec";
import type { DType } from "../../tensor/dtype";
import type { Shape } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";
import type { OwnEntries } from "./tensors/ownTensors";
import type { RunTensors } from "./tensors/runTensors";

/** The tensors from which the layout is inferred. */
type GivenTensors = Pick<RunTensors, "input" | "h0" | "c0" | "reference">;

/** The module with the options that its weights leave open: given, inferred, or PyTorch's default with a note. */
export function completeConfig(
  spec: RunSpec,
  { config, facts }: Pick<RecurrentModule, "config" | "facts">,
  tensors: GivenTensors,
  notes: Text[],
): RecurrentConfig {
  const batchFirst =
    spec.options?.batchFirst ?? facts.batchFirst ?? resolveBatchFirst(spec, config, tensors, notes);
  const { options = {} } = spec;
  const nonlinearity = options.nonlinearity ?? config.nonlinearity;
  const variant = variantWith(config, options);
  if (config.cell === "RNN" && options.nonlinearity === undefined && facts.nonlinearity === null) {
    notes.push(text("nonlinearity = tanh is assumed, the weights do not tell"));
  }
  notes.push(...remarksOf(facts, options), ...facts.departures);
  const directed = reverseOnly(options, config, notes);
  noteVariant(options, { ...config, variant, ...directed }, notes);
  return { ...config, batchFirst, nonlinearity, variant, ...directed };
}

/** A module of two directions has the reverse one already. */
function reverseOnly(
  { reverse }: RunOptions,
  { bidirectional }: RecurrentConfig,
  notes: Text[],
): Pick<RecurrentConfig, "reverseOnly"> {
  if (reverse === undefined) return {};
  if (!bidirectional) return { reverseOnly: reverse };
  notes.push(text("reverse is not used: the module has both directions"));
  return {};
}

/** Notes about options that the cell does not have, and about its differences from PyTorch's. */
function noteVariant(options: RunOptions, config: RecurrentConfig, notes: Text[]): void {
  for (const name of optionsNotOf(config.cell, options)) {
    notes.push(text("{0} is not used: nn.{1} has no such option", name, config.cell));
  }
  for (const departure of departures(config)) {
    notes.push(text("not as nn.{0} computes it: {1}", config.cell, departure));
  }
}

/** batch_first as the batch axis of a state gives it away, else PyTorch's default. */
function resolveBatchFirst(
  spec: RunSpec,
  config: RecurrentConfig,
  { input, h0, c0, reference }: GivenTensors,
  notes: Text[],
): boolean {
  const { shape } = input;
  if (shape.length !== 3) return false;
  for (const [name, state] of [
    [text("h0"), h0],
    [text("c0"), c0],
    [text("h_n of the reference"), reference.hn],
    [text("c_n of the reference"), reference.cn],
  ] as const) {
    const inferred =
      state === null ? undefined : impliedBatchFirst(config, shape, { state: state.shape });
    if (inferred === undefined) continue;
    notes.push(text("batch_first = {0} follows from {1}", inferred ? "True" : "False", name));
    return inferred;
  }
  const repeated = spec.options?.repeat === undefined ? undefined : stepAxisFirst(shape);
  if (repeated !== undefined) {
    notes.push(
      text("batch_first = {0} follows from {1}", repeated ? "False" : "True", text("repeat")),
    );
    return !repeated;
  }
  notes.push(text("batch_first = False is assumed, the files do not tell"));
  return false;
}

/** Whether the one step of an input that is repeated is its first axis; undefined when both could be. */
function stepAxisFirst([first, second]: Shape): boolean | undefined {
  return (first === 1) === (second === 1) ? undefined : first === 1;
}

/** PyTorch takes both states of an LSTM or none; the other cells have one. */
export function noteAssumedStates(
  spec: RunSpec,
  { cell }: RecurrentConfig,
  own: OwnEntries,
  notes: Text[],
): void {
  if (cell !== "LSTM") {
    for (const [name, ref] of [
      ["c0", spec.c0],
      ["c_n", spec.reference?.c_n],
    ] as const) {
      if (ref === undefined) continue;
      notes.push(text("{0} is not used: nn.{1} has no cell state", name, cell));
    }
  } else if ((spec.h0 === undefined) !== (spec.c0 === undefined)) {
    const [given, missing] =
      spec.c0 === undefined ? (["h0", "c0"] as const) : (["c0", "h0"] as const);
    if (own[missing] !== undefined) return;
    notes.push(
      text(
        "{0} = zeros is assumed: nn.LSTM takes h0 and c0 together, only {1} is given",
        missing,
        given,
      ),
    );
  }
}

/** The precisions that round as a network does which computes natively in a 16-bit type. */
const nativePrecisions: Partial<Record<DType, Precision>> = { float16: "f16", bfloat16: "bf16" };

/** A network in a 16-bit type rounds every step to it; a run does so only if its precision says so. */
export function noteCoarseReference(
  { output, hn, cn }: RunTensors["reference"],
  precision: Precision,
  notes: Text[],
): void {
  const dtype = output?.dtype ?? hn?.dtype ?? cn?.dtype;
  const native = dtype === undefined ? undefined : nativePrecisions[dtype];
  if (dtype === undefined || native === undefined || native === precision) return;
  notes.push(
    text(
      "the reference is {0}, the run is not: a network that computes in {0} rounds after every operation, and the tolerance allows for one rounding only; precision {1} rounds as it does",
      dtype,
      native,
    ),
  );
}
