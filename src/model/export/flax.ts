/**
 * Modules as the parameters of flax.linen cells: a Dense layer for each gate and product.
 *
 * Source: flax/linen/recurrent.py: LSTMCell (ii if ig io without bias, hi hf hg ho with), GRUCell (ir iz in with bias, hr hz
 * without, hn with), SimpleCell (i with bias, h without). A Dense kernel is (in, out).
 */
import { pythonString } from "../../core/escapeJson";
import { text } from "../../core/text";
import type { TensorSource } from "../../tensor/source";
import type { CellKind, RecurrentConfig } from "../config";
import { gateOrder } from "../gates";
import { commonDtype, type Lane, type ModuleToExport } from "./module";
import { inBlocks, named, summed, turned, widened, zeros } from "./rearrange";
import type { ExportTarget, LoadedFile } from "./target";

const classes: Readonly<Record<CellKind, string>> = {
  RNN: "SimpleCell",
  LSTM: "LSTMCell",
  GRU: "GRUCell",
};

export const flax: ExportTarget = {
  id: "flax",
  title: "Flax",
  endings: ["safetensors", "npz"],
  lacks: [
    "projection",
    "peephole",
    "coupledInputForget",
    "clip",
    "resetBefore",
    "mergeMode",
    "swappedHalves",
  ],
  tensors: (module) =>
    module.lanes.flatMap((lanes, layer) =>
      lanes.flatMap((lane) => cellOf(module, lane, groupOf(module.config, layer, lane))),
    ),
  lines,
  notes: ({ bias }, dtype) => [
    ...(bias ? [] : [text("the biases are zeros: a cell of Flax always has them")]),
    ...(dtype === "float64"
      ? [text("the weights are float64: JAX computes in it only where jax_enable_x64 is set")]
      : []),
  ],
};

function groupOf({ bidirectional }: RecurrentConfig, layer: number, { direction }: Lane): string {
  if (!bidirectional) return `layers_${layer}/cell`;
  return `layers_${layer}/${direction === "forward" ? "forward_rnn" : "backward_rnn"}/cell`;
}

/** The Dense layers of a cell, those of the input first. */
function cellOf(module: ModuleToExport, lane: Lane, group: string): TensorSource[] {
  const { cell, hiddenSize } = module.config;
  const dtype = commonDtype(module);
  const sources: TensorSource[] = [];
  for (const [block, gate] of gateOrder[cell].entries()) {
    const part = (source: TensorSource): TensorSource =>
      widened(turned(inBlocks(source, [block], hiddenSize)), dtype);
    const biasOf = (source: TensorSource | null): TensorSource =>
      source === null ? zeros("", dtype, [hiddenSize]) : part(source);
    const [input, state] = [`${group}/i${gate}`, `${group}/h${gate}`];
    sources.push(named(part(lane.weightIh), `${input}/kernel`));
    sources.push(named(part(lane.weightHh), `${state}/kernel`));
    const biases = [biasOf(lane.biasIh), biasOf(lane.biasHh)] as const;
    if (cell === "GRU" && gate === "n") {
      sources.push(named(biases[0], `${input}/bias`), named(biases[1], `${state}/bias`));
    } else {
      sources.push(summed(`${cell === "LSTM" ? state : input}/bias`, ...biases));
    }
  }
  return sources;
}

function lines({ config, lanes }: ModuleToExport, { name, ending }: LoadedFile): readonly string[] {
  const file = pythonString(name);
  const hasHard = config.cell !== "RNN" && config.variant.gateActivation.kind !== "sigmoid";
  const needsJnp = ending === "npz" || hasHard;
  return [
    "import flax.linen as nn",
    ...(needsJnp ? ["import jax.numpy as jnp"] : []),
    ...(ending === "npz" ? ["import numpy as np"] : []),
    "from flax.traverse_util import unflatten_dict",
    ...(ending === "npz" ? [] : ["from safetensors.flax import load_file"]),
    "",
    "# x is [batch, steps, features]",
    "model = nn.Sequential([",
    ...lanes.map(() => `    ${layerLine(config)},`),
    "])",
    ...(ending === "npz"
      ? [`arrays = {name: jnp.asarray(array) for name, array in np.load(${file}).items()}`]
      : [`arrays = load_file(${file})`]),
    'params = {"params": unflatten_dict(arrays, sep="/")}',
    "# output = model.apply(params, x)",
  ];
}

function layerLine(config: RecurrentConfig): string {
  const { cell, hiddenSize, bidirectional, reverseOnly, nonlinearity, variant } = config;
  const gates = variant.gateActivation;
  const given = [
    String(hiddenSize),
    ...(cell === "RNN" && nonlinearity === "relu" ? ["activation_fn=nn.relu"] : []),
    ...(cell === "RNN" || gates.kind === "sigmoid"
      ? []
      : [`gate_fn=lambda x: jnp.clip(${gates.alpha} * x + ${gates.beta}, 0, 1)`]),
  ];
  const made = `nn.${classes[cell]}(${given.join(", ")})`;
  if (bidirectional) return `nn.Bidirectional(nn.RNN(${made}), nn.RNN(${made}))`;
  return reverseOnly === true
    ? `nn.RNN(${made}, reverse=True, keep_order=True)`
    : `nn.RNN(${made})`;
}
