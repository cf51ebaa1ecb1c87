/** Every cell with every option that changes what a step computes. */
import type { Precision } from "../../../src/engine/base/engine";
import { pytorchVariant, type CellVariant, type RecurrentConfig } from "../../../src/model/config";
import { rnnConfig } from "./goldens";

export interface NamedCell {
  readonly name: string;
  readonly config: RecurrentConfig;
  readonly precision: Precision;
}

const layered: Partial<RecurrentConfig> = { numLayers: 2, bidirectional: true };
const hardSigmoid = { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 } as const;

/** Two layers, two directions of each cell and variant, I2 H3, and the 16-bit precisions once per cell. */
export function cellVariants(): readonly NamedCell[] {
  const named = (
    name: string,
    changes: Partial<RecurrentConfig>,
    variant: Partial<CellVariant> = {},
    precision: Precision = "f64",
  ): NamedCell => ({
    name,
    config: rnnConfig({ ...layered, ...changes, variant: { ...pytorchVariant, ...variant } }),
    precision,
  });
  const cells = ["RNN", "LSTM", "GRU"] as const;
  const onnx = { gateActivation: hardSigmoid, clip: 0.4 };
  return [
    named("RNN", {}, {}, "f32"),
    named("RNN relu", { nonlinearity: "relu" }),
    named("RNN without bias, clipped", { bias: false }, { clip: 0.3 }),
    named("LSTM", { cell: "LSTM" }, {}, "f32"),
    named("LSTM without bias", { cell: "LSTM", bias: false }),
    named("LSTM projected", { cell: "LSTM", projSize: 2 }),
    named("LSTM with peepholes", { cell: "LSTM" }, { peephole: true }),
    named("LSTM coupled", { cell: "LSTM" }, { coupledInputForget: true }),
    named("LSTM of ONNX", { cell: "LSTM", projSize: 2 }, { ...onnx, peephole: true }),
    named("GRU", { cell: "GRU" }, {}, "f32"),
    named("GRU reset before", { cell: "GRU" }, { resetAfter: false }),
    named("GRU hard sigmoid, clipped", { cell: "GRU" }, { ...onnx, resetAfter: false }),
    ...cells.flatMap((cell) => [
      named(`${cell} in float16`, { cell }, {}, "f16"),
      named(`${cell} in bfloat16`, { cell }, {}, "bf16"),
    ]),
  ];
}
