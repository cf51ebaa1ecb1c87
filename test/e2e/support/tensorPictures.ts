/** Files of tensors for the pictures of the tensor editor: too large, or too broken, to be kept. */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeArchive } from "../../../src/formats/write/write";
import type { Tensor } from "../../../src/tensor/tensor";

const SIDE = 16_384;
const H = 128;
const I = 64;

/** Values in ±1 that are the same on every run (Lehmer's generator). */
function noise(): () => number {
  let state = 42;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  };
}

/** 16384 × 16384: a ring of waves with noise upon them, one NaN and one infinity. Written row by row. */
function writeLarge(file: string): void {
  const entry = { dtype: "F32", shape: [SIDE, SIDE], data_offsets: [0, 4 * SIDE * SIDE] };
  const header = Buffer.from(JSON.stringify({ "embedding.weight": entry }).padEnd(120));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  const target = openSync(file, "w");
  writeSync(target, Buffer.concat([length, header]));
  const random = noise();
  const grain = Float32Array.from({ length: SIDE }, () => 0.25 * random());
  const values = new Float32Array(SIDE);
  for (let row = 0; row < SIDE; row++) {
    const [y, shift] = [row / SIDE - 0.5, (row * 7919) % SIDE];
    for (let column = 0; column < SIDE; column++) {
      const x = column / SIDE - 0.5;
      const wave = Math.sin(90 * (x * x + y * y)) * Math.exp(-3 * (x * x + y * y));
      values[column] = wave + (grain[(column + shift) % SIDE] ?? 0);
    }
    if (row === 9000) values[4000] = NaN;
    if (row === 12_345) values[6789] = Infinity;
    writeSync(target, new Uint8Array(values.buffer));
  }
  closeSync(target);
}

/** A GRU with a NaN and both infinities in its recurrent weight. */
async function writeBroken(file: string): Promise<void> {
  const random = noise();
  const tensor = (...shape: number[]): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length }, () => random() / Math.sqrt(H));
    return { shape, dtype: "float32", data };
  };
  const recurrent = tensor(3 * H, H);
  recurrent.data[17 * H + 3] = NaN;
  recurrent.data[200 * H + 100] = Infinity;
  recurrent.data[300 * H + 50] = -Infinity;
  const tensors = {
    "gru.weight_ih_l0": tensor(3 * H, I),
    "gru.weight_hh_l0": recurrent,
    "gru.bias_ih_l0": tensor(3 * H),
    "gru.bias_hh_l0": tensor(3 * H),
  };
  const bytes = await writeArchive("safetensors", new Map(Object.entries(tensors)));
  writeFileSync(file, bytes);
}

export async function writePictured(folder: string): Promise<void> {
  writeLarge(join(folder, "large.safetensors"));
  await writeBroken(join(folder, "diverged.safetensors"));
}
