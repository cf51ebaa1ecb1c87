/**
 * Modules as layers of Keras 3: the weights of a Sequential model, or the arrays that `set_weights` takes.
 *
 * Sources: keras/src/layers/rnn/lstm.py, gru.py, simple_rnn.py and bidirectional.py; keras/src/saving/saving_lib.py,
 * `_save_container_state` (names of groups) and `Layer.save_own_variables` (numbers of variables).
 */
import { pythonString } from "../../core/escapeJson";
import type { TensorSource } from "../../tensor/source";
import type { CellKind, RecurrentConfig } from "../config";
import type { KerasOutput } from "../facts";
import { gateOrder, storedGates } from "../gates";
import { commonDtype, type Lane, type ModuleToExport } from "./module";
import { inBlocks, named, stacked, summed, turned, widened } from "./rearrange";
import type { ExportTarget, LoadedFile } from "./target";

/** Classes of layers, and the names that their groups have in a file. */
const classes: Readonly<Record<CellKind, readonly [string, string]>> = {
  RNN: ["SimpleRNN", "simple_rnn"],
  LSTM: ["LSTM", "lstm"],
  GRU: ["GRU", "gru"],
};

export const keras: ExportTarget = {
  id: "keras",
  title: "Keras",
  endings: ["weights.h5", "npz"],
  lacks: ["projection", "peephole", "coupledInputForget", "clip", "reverseStack"],
  tensors: (module, ending) =>
    module.lanes
      .flatMap((lanes, layer) =>
        lanes.flatMap((lane) => variablesOf(module, lane, groupOf(module.config, layer, lane))),
      )
      .map((source, index) => (ending === "npz" ? named(source, `arr_${index}`) : source)),
  lines,
};

/** The group of a cell's variables: `layers/lstm_1/cell/vars`. */
function groupOf(
  { cell, bidirectional }: RecurrentConfig,
  layer: number,
  { direction }: Lane,
): string {
  const number = layer === 0 ? "" : `_${layer}`;
  if (!bidirectional) return `layers/${classes[cell][1]}${number}/cell/vars`;
  const half = direction === "forward" ? "forward_layer" : "backward_layer";
  return `layers/bidirectional${number}/${half}/cell/vars`;
}

/** kernel (I, G·H), recurrent_kernel (H, G·H) and bias (G·H), of a GRU that resets after the product (2, G·H). */
function variablesOf(module: ModuleToExport, lane: Lane, group: string): TensorSource[] {
  const { cell, hiddenSize, variant } = module.config;
  const dtype = commonDtype(module);
  const blocks = storedGates("Keras", cell).map((gate) => gateOrder[cell].indexOf(gate));
  const columns = (source: TensorSource): TensorSource =>
    widened(turned(inBlocks(source, blocks, hiddenSize)), dtype);
  const { weightIh, weightHh, biasIh, biasHh } = lane;
  const matrices = [named(columns(weightIh), `${group}/0`), named(columns(weightHh), `${group}/1`)];
  if (biasIh === null || biasHh === null) return matrices;
  const biases = [columns(biasIh), columns(biasHh)] as const;
  const bias = `${group}/2`;
  const hasBoth = cell === "GRU" && variant.resetAfter;
  return [...matrices, hasBoth ? stacked(bias, biases) : summed(bias, ...biases)];
}

function lines(
  { config, facts, lanes }: ModuleToExport,
  { name, ending }: LoadedFile,
): readonly string[] {
  const file = pythonString(name);
  const layers = lanes.map((_, layer) => {
    const output = layer === lanes.length - 1 ? (facts.kerasOutput ?? {}) : {};
    return `    ${layerLine(config, output)},`;
  });
  return [
    "import keras",
    ...(ending === "npz" ? ["import numpy as np"] : []),
    "",
    "# x is [batch, steps, features]",
    "model = keras.Sequential([",
    `    keras.Input((None, ${config.inputSize})),`,
    ...layers,
    "])",
    ...(ending === "npz"
      ? [
          `arrays = np.load(${file})`,
          'model.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays.files))])',
        ]
      : [`model.load_weights(${file})`]),
    ...(config.reverseOnly === true && facts.kerasOutput?.isLastOnly !== true
      ? ["# The layer gives its outputs in the order of its steps: output[:, ::-1] has that of x"]
      : []),
  ];
}

/** The layer, which gives its output as one of Keras did: all steps side by side unless that says otherwise. */
function layerLine(
  config: RecurrentConfig,
  { isLastOnly = false, mergeMode = null, isSwapped = false }: Partial<KerasOutput>,
): string {
  const { cell, hiddenSize, bias, bidirectional, reverseOnly, variant } = config;
  const given = [
    String(hiddenSize),
    ...(isLastOnly ? [] : ["return_sequences=True"]),
    ...activationArgument(config),
    ...(cell === "GRU" && !variant.resetAfter ? ["reset_after=False"] : []),
    ...(bias ? [] : ["use_bias=False"]),
  ];
  const layer = (isBackwards: boolean): string => {
    const all = [...given, ...(isBackwards ? ["go_backwards=True"] : [])];
    return `keras.layers.${classes[cell][0]}(${all.join(", ")})`;
  };
  if (!bidirectional) return layer(reverseOnly === true);
  // Bidirectional makes a backward layer that goes backwards itself, which one half alone may.
  const backward = isSwapped ? [`backward_layer=${layer(false)}`] : [];
  const joined = mergeMode === null ? [] : [`merge_mode=${pythonString(mergeMode)}`];
  return `keras.layers.Bidirectional(${[layer(isSwapped), ...backward, ...joined].join(", ")})`;
}

/** hard_sigmoid is x/6 + 0.5 in Keras 3; any other line is a function. */
function activationArgument({ cell, nonlinearity, variant }: RecurrentConfig): string[] {
  if (cell === "RNN") return nonlinearity === "relu" ? ['activation="relu"'] : [];
  const { gateActivation } = variant;
  if (gateActivation.kind === "sigmoid") return [];
  const { alpha, beta } = gateActivation;
  if (alpha === 1 / 6 && beta === 0.5) return ['recurrent_activation="hard_sigmoid"'];
  return [`recurrent_activation=lambda x: keras.ops.clip(${alpha} * x + ${beta}, 0, 1)`];
}
