/**
 * Modules as layers of mlx.nn, whose gates are stacked as PyTorch's.
 *
 * Source: mlx/python/mlx/nn/layers/recurrent.py: RNN (Wxh, Whh, bias), LSTM (Wx, Wh, bias: i f g o) and GRU (Wx, Wh, b: r z n,
 * and bhn, which the reset gate scales).
 */
import { pythonString } from "../../core/escapeJson";
import { text } from "../../core/text";
import type { TensorSource } from "../../tensor/source";
import type { RecurrentConfig } from "../config";
import { layerInputSize } from "../config";
import { commonDtype, type Lane, type ModuleToExport } from "./module";
import { along, inBlocks, named, summed, widened, zeros } from "./rearrange";
import type { ExportTarget, LoadedFile } from "./target";

export const mlx: ExportTarget = {
  id: "mlx",
  title: "MLX",
  endings: ["safetensors", "npz"],
  lacks: [
    "projection",
    "peephole",
    "coupledInputForget",
    "clip",
    "hardSigmoid",
    "resetBefore",
    "mergeMode",
    "swappedHalves",
  ],
  tensors: (module) =>
    module.lanes.flatMap((lanes, layer) =>
      lanes.flatMap((lane) => {
        const half = lane.direction === "forward" ? "forward." : "backward.";
        return layerOf(module, lane, `layers.${layer}.${module.config.bidirectional ? half : ""}`);
      }),
    ),
  lines,
  notes: (_, dtype) =>
    dtype === "float64"
      ? [text("the weights are float64, in which MLX computes on the CPU alone")]
      : [],
};

function layerOf(module: ModuleToExport, lane: Lane, prefix: string): TensorSource[] {
  const { cell } = module.config;
  const dtype = commonDtype(module);
  const part = (source: TensorSource, name: string): TensorSource =>
    named(widened(source, dtype), prefix + name);
  const [input, state] = cell === "RNN" ? ["Wxh", "Whh"] : ["Wx", "Wh"];
  return [part(lane.weightIh, input), part(lane.weightHh, state), ...biasesOf(module, lane, part)];
}

function biasesOf(
  { config: { cell, hiddenSize } }: ModuleToExport,
  { biasIh, biasHh }: Lane,
  part: (source: TensorSource, name: string) => TensorSource,
): TensorSource[] {
  if (biasIh === null || biasHh === null) return [];
  if (cell !== "GRU") {
    const [left, right] = [part(biasIh, "bias"), part(biasHh, "bias")];
    return [summed(left.name, left, right)];
  }
  const left = part(biasIh, "b");
  const both = part(inBlocks(biasHh, [0, 1], hiddenSize), "b");
  const none = zeros("", left.dtype, [hiddenSize]);
  return [
    summed(left.name, left, along(left.name, [both, none])),
    part(inBlocks(biasHh, [2], hiddenSize), "bhn"),
  ];
}

function lines({ config }: ModuleToExport, { name }: LoadedFile): readonly string[] {
  const layers = Array.from({ length: config.numLayers }, (_, layer) => {
    const made = `nn.${config.cell}(${argumentsOf(config, layer)})`;
    const both = `{"forward": ${made}, "backward": ${made}}`;
    return `            ${config.bidirectional ? both : made},`;
  });
  return [
    "import mlx.core as mx",
    "import mlx.nn as nn",
    "",
    "",
    "class Module(nn.Module):",
    "    def __init__(self):",
    "        super().__init__()",
    "        self.layers = [",
    ...layers,
    "        ]",
    "",
    "    # x is [batch, steps, features]",
    "    def __call__(self, x):",
    ...callLines(config).map((line) => `        ${line}`),
    "        return x",
    "",
    "",
    "model = Module()",
    `model.load_weights(${pythonString(name)})`,
  ];
}

/** An LSTM returns its cell states as well. */
function callLines({ cell, bidirectional, reverseOnly }: RecurrentConfig): string[] {
  const first = cell === "LSTM" ? "[0]" : "";
  if (bidirectional) {
    return [
      "for layer in self.layers:",
      `    back = layer["backward"](x[:, ::-1])${first}[:, ::-1]`,
      `    x = mx.concatenate([layer["forward"](x)${first}, back], axis=-1)`,
    ];
  }
  const called = reverseOnly === true ? `layer(x[:, ::-1])${first}[:, ::-1]` : `layer(x)${first}`;
  return ["for layer in self.layers:", `    x = ${called}`];
}

function argumentsOf(config: RecurrentConfig, layer: number): string {
  const { cell, hiddenSize, bias, nonlinearity } = config;
  return [
    String(layerInputSize(config, layer)),
    String(hiddenSize),
    ...(bias ? [] : ["bias=False"]),
    ...(cell === "RNN" && nonlinearity === "relu" ? ["nonlinearity=nn.relu"] : []),
  ].join(", ");
}
