/** References as frameworks return them: Keras' states without an axis of directions, MLX' states of every step. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, root, unroll, useFolder } from "../../terminal";

interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

describe("a reference as a framework returns it", () => {
  const folder = useFolder();

  /** What an example computes, and the same compared with tensors that are made of it. */
  async function compared(
    flags: readonly string[],
    name: string,
    make: (results: Readonly<Record<string, Tensor>>) => Tensor,
  ): Promise<string> {
    const out = join(folder(), "right.json");
    await unroll(examples, "run", ...flags, "--trace", "--out", out);
    const results = JSON.parse(readFileSync(out, "utf8")) as Record<string, Tensor>;
    const file = join(folder(), "r.json");
    writeFileSync(file, JSON.stringify({ r: make(results) }));
    const { stdout } = await unroll(examples, "run", ...flags, "--reference", `${name}=${file}#r`);
    return stdout;
  }

  function made(shape: readonly number[]): Tensor {
    const count = shape.reduce((product, size) => product * size, 1);
    return { shape, data: Array.from({ length: count }, (_, at) => Math.sin(at)) };
  }

  function present(tensor: Tensor | undefined): Tensor {
    assert.ok(tensor !== undefined);
    return tensor;
  }

  const keras = (): string[] => {
    const x = made([2, 5, 4]);
    const input = join(folder(), "x.json");
    writeFileSync(input, JSON.stringify({ x }));
    const weights = join(root, "test/fixtures/keras/layers.keras#case_2.");
    return ["--weights", weights, "--input", input];
  };

  for (const name of ["h_n", "c_n"]) {
    it(`takes ${name} of Keras, [B, H]`, async () => {
      const printed = await compared(keras(), name, (results) => {
        const { shape, data } = present(results[name]);
        return { shape: shape.slice(1), data };
      });
      assert.match(printed, new RegExp(`${name} +✓ equal`));
      assert.match(printed, new RegExp(`${name} is \\[B, H\\], as Keras has it`));
    });
  }

  const layered = [
    ...["--weights", "one-direction-two-layers/weights.pt"],
    ...["--input", "one-direction-two-layers/input.npy", "--batch-first"],
  ];

  it("takes h of every step, as MLX returns it, for the last ones", async () => {
    const printed = await compared(layered, "h_n", (results) => {
      const { shape, data } = present(results["layer1.forward.h"]);
      const [steps = 0, batch = 0, units = 0] = shape;
      const turned = Array.from({ length: steps * batch * units }, (_, at) => {
        const [b, t, u] = [
          Math.floor(at / (steps * units)),
          Math.floor(at / units) % steps,
          at % units,
        ];
        return data[(t * batch + b) * units + u] ?? NaN;
      });
      return { shape: [batch, steps, units], data: turned };
    });
    assert.match(printed, /h_n +✓ (equal|rounding only)/);
    assert.match(printed, /read as: .*a state of every step, as MLX returns it, axes \[B, T, H\]/);
  });
});
