/**
 * Recurrent layers of MLX.
 *
 * Source: mlx/nn/layers/recurrent.py. Its matrices were (I, G·H) up to version 0.9, and are (G·H, I) since.
 */
import { partOf, type WeightLayout } from "./layout";

const common = {
  framework: "MLX",
  axes: ["rows", "columns"],
  batchFirst: true,
} as const;

export const mlxLayouts: readonly WeightLayout[] = [
  {
    ...common,
    id: "mlx-lstm",
    title: "MLX nn.LSTM",
    cell: "LSTM",
    parts: [
      partOf("LSTM", "input", ["Wx"]),
      partOf("LSTM", "state", ["Wh"]),
      partOf("LSTM", "inputBias", ["bias"]),
    ],
  },
  {
    ...common,
    id: "mlx-gru",
    title: "MLX nn.GRU",
    cell: "GRU",
    parts: [
      partOf("GRU", "input", ["Wx"]),
      partOf("GRU", "state", ["Wh"]),
      partOf("GRU", "inputBias", ["b"]),
      partOf("GRU", "stateBias", ["bhn"], ["n"]),
    ],
  },
  {
    ...common,
    id: "mlx-rnn",
    title: "MLX nn.RNN",
    cell: "RNN",
    parts: [
      partOf("RNN", "input", ["Wxh"]),
      partOf("RNN", "state", ["Whh"]),
      partOf("RNN", "inputBias", ["bias"]),
    ],
  },
];
