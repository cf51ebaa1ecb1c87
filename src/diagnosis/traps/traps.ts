/**
 * Silent traps of a run: what raises no error in PyTorch and may be another thing than was meant. Each says what can
 * be known from the files, and claims nothing beyond.
 */
import { text, type Text } from "../../core/text";
import { numDirections } from "../../model/config";
import type { LoadedRun } from "../../run/load/load";
import type { RunSpec } from "../../run/spec/spec";
import { formatShape, type Shape } from "../../tensor/tensor";

/** A trap that a run may have stepped into. */
export interface Trap {
  /** A public name: what was dismissed is remembered by it. */
  readonly id: string;
  readonly sentence: Text;
  /** The key of the run file that it is about. */
  readonly path: readonly string[];
}

/** A run, and what was written of it. */
interface Facing {
  readonly spec: RunSpec;
  readonly loaded: LoadedRun;
}

/** The traps of a loaded run, whether it fits or not. */
export function trapsOf(spec: RunSpec, loaded: LoadedRun): Trap[] {
  return rules.flatMap((rule) => rule({ spec, loaded }) ?? []);
}

type Rule = (facing: Facing) => Trap | null;

const rules: readonly Rule[] = [
  assumedLayout,
  equalAxes,
  unbatched,
  equalWeights,
  exchangeableState,
  broadcastState,
  longLength,
  dropout,
];

/** A sequence of features with a batch; null for any other input. */
function batched({ loaded }: Facing): Shape | null {
  const { input, surrounding } = loaded;
  return surrounding.tokens === null && input.shape.length === 3 ? input.shape : null;
}

/** [B, T, I] into a time-major module runs without a word. */
function assumedLayout(facing: Facing): Trap | null {
  const { spec, loaded } = facing;
  const shape = batched(facing);
  const [first = 0, second = 0] = shape ?? [];
  const isTold =
    spec.options?.batchFirst !== undefined ||
    loaded.module.facts.batchFirst !== null ||
    spec.options?.repeat !== undefined;
  const { h0, c0, reference, lengths } = loaded;
  // A state or one length for each sequence shows which axis is the batch.
  const isShown = [h0, c0, reference.hn, reference.cn, lengths].some((each) => each !== null);
  if (shape === null || isTold || isShown || first === second) return null;
  return {
    id: "layout-assumed",
    path: ["input"],
    sentence: text(
      "The input {0} is read as T = {1} steps of B = {2} sequences: nothing says that it is not [B, T, I], and neither would PyTorch. Set batchFirst.",
      formatShape(shape),
      first,
      second,
    ),
  };
}

/** Nothing but a comparison would show which of two equal axes is the batch. */
function equalAxes(facing: Facing): Trap | null {
  const shape = batched(facing);
  const [first = 0, second = 0] = shape ?? [];
  if (shape === null || first !== second || first === 1) return null;
  return {
    id: "batch-equals-steps",
    path: ["input"],
    sentence: text(
      "B and T are both {0}: batch and steps exchanged would raise no error anywhere. Try it with another batch size.",
      first,
    ),
  };
}

/** Two axes are one sequence without a batch, never a batch of single steps. */
function unbatched({ loaded }: Facing): Trap | null {
  const { input, config, surrounding } = loaded;
  const [steps = 0] = input.shape;
  if (input.shape.length !== 2 || surrounding.tokens !== null || config.isCellClass) return null;
  return {
    id: "unbatched-input",
    path: ["input"],
    sentence: text(
      "The input {0} has two axes and is one sequence of {1} steps without a batch, as PyTorch takes it. If it is a batch of single steps, it needs an axis of steps.",
      formatShape(input.shape),
      steps,
    ),
  };
}

/** weight_ih_l0 and weight_hh_l0 of the same shape load in each other's place. */
function equalWeights({ loaded }: Facing): Trap | null {
  const { config, module } = loaded;
  const { inputSize, hiddenSize, projSize } = config;
  // Weights that a framework has written into its own file were not named by hand.
  if (inputSize !== hiddenSize || projSize > 0 || module.facts.framework !== "PyTorch") return null;
  return {
    id: "input-equals-hidden",
    path: ["weights"],
    sentence: text(
      "I and H are both {0}: weight_ih_l0 and weight_hh_l0 have the same shape, and exchanged they would load without an error.",
      inputSize,
    ),
  };
}

/** h0 whose first two axes have the same size. */
function exchangeableState({ loaded }: Facing): Trap | null {
  const { config, h0, own } = loaded;
  const [slots = 0, batch = 0] = h0?.shape ?? [];
  if (h0?.shape.length !== 3 || slots !== batch || slots === 1 || own.h0 !== undefined) return null;
  if (slots !== config.numLayers * numDirections(config)) return null;
  return {
    id: "slots-equal-batch",
    path: ["h0"],
    sentence: text(
      "h0 is {0}: layers times directions and batch are both {1}, and exchanged they would raise no error. PyTorch wants [L·D, B, H].",
      formatShape(h0.shape),
      slots,
    ),
  };
}

/** A state for one sequence that hand-written code would spread over the batch. */
function broadcastState({ loaded }: Facing): Trap | null {
  const { h0, config, input } = loaded;
  const batch = input.shape.length === 3 ? (input.shape[config.batchFirst ? 0 : 1] ?? 0) : 1;
  if (h0 === null || batch <= 1) return null;
  const rows = h0.shape.length === 1 ? 1 : h0.shape.at(-2);
  if (rows !== 1) return null;
  return {
    id: "state-broadcast",
    path: ["h0"],
    sentence: text(
      "h0 is {0}, for one sequence, and the batch has {1}: PyTorch's modules refuse it, hand-written cells spread it over the batch without a word.",
      formatShape(h0.shape),
      batch,
    ),
  };
}

/** Packing takes lengths beyond the input without complaint. */
function longLength({ loaded }: Facing): Trap | null {
  const { lengths, config, input } = loaded;
  const steps = input.shape[config.batchFirst ? 1 : 0] ?? 0;
  const longest = lengths?.find((length) => length > steps);
  if (longest === undefined || input.shape.length !== 3) return null;
  return {
    id: "length-beyond-input",
    path: ["lengths"],
    sentence: text(
      "A length is {0} and the input has {1} steps: pack_padded_sequence takes it without complaint, and only what follows fails.",
      longest,
      steps,
    ),
  };
}

/** A reference that was recorded in training has dropout in it. */
function dropout({ spec, loaded }: Facing): Trap | null {
  const { config, module } = loaded;
  const rate = module.facts.dropout ?? 0;
  if (rate === 0 || config.numLayers < 2 || spec.reference === undefined) return null;
  return {
    id: "dropout-in-reference",
    path: ["reference"],
    sentence: text(
      "The module has dropout = {0} between its layers: a reference that was recorded without module.eval() differs from layer 1 on, each time otherwise.",
      rate,
    ),
  };
}
