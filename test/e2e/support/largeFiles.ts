/** Files of large runs, which are made where a test needs them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeArchive } from "../../../src/formats/write/write";
import { pytorchVariant, type RecurrentConfig } from "../../../src/model/config";
import { expectedParameters } from "../../../src/model/parameters";
import type { Tensor } from "../../../src/tensor/tensor";

const RNN: RecurrentConfig = {
  ...{ cell: "RNN", isCellClass: false, inputSize: 1, hiddenSize: 1, numLayers: 1 },
  ...{ bidirectional: false, bias: true, projSize: 0, batchFirst: false, nonlinearity: "tanh" },
  variant: pytorchVariant,
};

/** Values in ±0.5 that are the same on every run (Lehmer's generator). */
export function random(shape: readonly number[], seed = 42): Tensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = seed;
  for (let index = 0; index < data.length; index++) {
    state = (state * 48_271) % 2_147_483_647;
    data[index] = state / 2_147_483_647 - 0.5;
  }
  return { shape, data, dtype: "float32" };
}

/** Small weights keep the states out of saturation. */
export function weightsOf(changes: Partial<RecurrentConfig>, seed = 42): Record<string, Tensor> {
  const config = { ...RNN, ...changes };
  return Object.fromEntries(
    expectedParameters(config).map(({ name, shape }, index) => {
      const tensor = random(shape, seed + index);
      const data = tensor.data.map((value) => value / Math.sqrt(config.hiddenSize));
      return [name, { ...tensor, data }];
    }),
  );
}

export async function writeTensors(
  folder: string,
  name: string,
  tensors: Record<string, Tensor>,
): Promise<void> {
  const format = name.endsWith(".npz") ? "npz" : "safetensors";
  writeFileSync(join(folder, name), await writeArchive(format, new Map(Object.entries(tensors))));
}
