/** References of another shape: recognised by their values, compared as what they hold, and said so. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, unroll, useFolder } from "../../terminal";

interface Tensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** (T, B, D·U) of the run, and h_n (L·D, B, U). */
const [T, B, D, U, L] = [5, 7, 2, 20, 3];

/** A tensor whose values come from places of another one. */
function made(shape: readonly number[], of: (...place: number[]) => number): Tensor {
  const data: number[] = [];
  const walk = (place: readonly number[]): void => {
    const size = shape[place.length];
    if (size === undefined) data.push(of(...place));
    else for (let k = 0; k < size; k++) walk([...place, k]);
  };
  walk([]);
  return { shape, data };
}

/** A NumPy file of float32 that holds nothing but NaN. */
function npyOfNaN(shape: readonly number[]): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const padded = `${header.padEnd(117)}\n`;
  const count = shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(count).fill(NaN);
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.from(Uint16Array.of(padded.length).buffer),
    Buffer.from(padded, "latin1"),
    Buffer.from(values.buffer),
  ]);
}

describe("a reference of another shape", () => {
  const folder = useFolder();
  const flags = [
    ...["run", "--weights", "three-layers-two-directions/weights.safetensors"],
    ...["--input", "three-layers-two-directions/input.npy"],
    ...["--h0", "three-layers-two-directions/h0.npy"],
  ];
  let output: number[] = [];
  let hn: number[] = [];

  beforeEach(async () => {
    const out = join(folder(), "right.json");
    await unroll(examples, ...flags, "--out", out);
    const right = JSON.parse(readFileSync(out, "utf8")) as Record<"output" | "h_n", Tensor>;
    output = [...right.output.data];
    hn = [...right.h_n.data];
  });

  const o = (t: number, b: number, d: number, u: number): number =>
    output[((t * B + b) * D + d) * U + u] ?? NaN;
  const h = (l: number, d: number, b: number, u: number): number =>
    hn[((l * D + d) * B + b) * U + u] ?? NaN;

  async function ran(name: "output" | "h_n", tensor: Tensor): Promise<string> {
    const file = join(folder(), "r.json");
    writeFileSync(file, JSON.stringify({ r: tensor }));
    const { stdout } = await unroll(examples, ...flags, "--reference", `${name}=${file}#r`);
    return stdout;
  }

  const outputs: readonly [what: RegExp, make: () => Tensor][] = [
    [/the last step alone$/m, () => made([B, D * U], (b, f) => o(T - 1, b, f < U ? 0 : 1, f % U))],
    [/the first step alone$/m, () => made([B, D * U], (b, f) => o(0, b, f < U ? 0 : 1, f % U))],
    [
      /the final state of each direction$/m,
      () => made([B, D * U], (b, f) => (f < U ? o(T - 1, b, 0, f) : o(0, b, 1, f - U))),
    ],
    [
      /the sum of both directions$/m,
      () => made([T, B, U], (t, b, u) => o(t, b, 0, u) + o(t, b, 1, u)),
    ],
    [
      /the mean of both directions$/m,
      () => made([T, B, U], (t, b, u) => (o(t, b, 0, u) + o(t, b, 1, u)) / 2),
    ],
    [/the reverse direction alone$/m, () => made([T, B, U], (t, b, u) => o(t, b, 1, u))],
    [/axes \[T, D, B, H\]$/m, () => made([T, D, B, U], (t, d, b, u) => o(t, b, d, u))],
    [
      /axes \[B·T, D·H\]$/m,
      () => made([B * T, D * U], (k, f) => o(k % T, Math.floor(k / T), f < U ? 0 : 1, f % U)),
    ],
    [
      /axes \[T·B, D·H\]$/m,
      () => made([T * B, D * U], (k, f) => o(Math.floor(k / B), k % B, f < U ? 0 : 1, f % U)),
    ],
    [
      /batch and time exchanged$/m,
      () => made([B, T, D * U], (b, t, f) => o(t, b, f < U ? 0 : 1, f % U)),
    ],
    [
      /given as \[1, 5, 7, 40\], read as \[5, 7, 40\]: only axes of size 1 differ/,
      () => made([1, T, B, D * U], (_, t, b, f) => o(t, b, f < U ? 0 : 1, f % U)),
    ],
    [
      /the last step alone, the sum of both directions$/m,
      () => made([B, U], (b, u) => o(T - 1, b, 0, u) + o(T - 1, b, 1, u)),
    ],
    [/h_n: axes \[L·D, B, H\]$/m, () => made([L * D, B, U], (k, b, u) => h(k >> 1, k % D, b, u))],
  ];
  for (const [what, make] of outputs) {
    it(`of the output: ${what.source}`, async () => {
      const printed = await ran("output", make());
      assert.match(printed, /output +✓ (equal|rounding only)/);
      assert.match(printed, what);
    });
  }

  const states: readonly [what: RegExp, make: () => Tensor][] = [
    [/the top layer alone$/m, () => made([D, B, U], (d, b, u) => h(L - 1, d, b, u))],
    [/layer 1 alone$/m, () => made([D, B, U], (d, b, u) => h(1, d, b, u))],
    [
      /the top layer alone, the reverse direction alone$/m,
      () => made([B, U], (b, u) => h(L - 1, 1, b, u)),
    ],
    [
      /the sum of both directions$/m,
      () => made([L, B, U], (l, b, u) => h(l, 0, b, u) + h(l, 1, b, u)),
    ],
    [/axes \[B, L·D, H\]$/m, () => made([B, L * D, U], (b, k, u) => h(k >> 1, k % D, b, u))],
    [/axes \[L, B, D·H\]$/m, () => made([L, B, D * U], (l, b, f) => h(l, f < U ? 0 : 1, b, f % U))],
  ];
  for (const [what, make] of states) {
    it(`of h_n: ${what.source}`, async () => {
      const printed = await ran("h_n", make());
      assert.match(printed, /h_n +✓ (equal|rounding only)/);
      assert.match(printed, what);
    });
  }

  it("is refused with what was tried where no reading agrees", async () => {
    const others: readonly ((b: number, f: number) => number)[] = [
      (b, f) => Math.sin(b * 40 + f),
      (b, f) => [0, 1, 2, 3, 4].reduce((sum, t) => sum + o(t, b, f < U ? 0 : 1, f % U), 0) / T,
    ];
    for (const other of others) {
      const printed = await ran("output", made([B, D * U], other));
      assert.match(printed, /output +✗ cannot compare[^]*tried were: the last step alone; /);
      assert.match(printed, /the first step alone/);
      assert.doesNotMatch(printed, /looks like one step|output\[:, -1\]/);
    }
    const states = await ran(
      "h_n",
      made([D, B, U], (d, b, u) => Math.sin(d * 100 + b * 40 + u)),
    );
    assert.match(states, /tried were: the top layer alone; layer 1 alone/);
  });

  it("is told to be all zero, all NaN, or a multiple as one of the result's shape is", async () => {
    const last = (by: number): Tensor =>
      made([B, D * U], (b, f) => by * o(T - 1, b, f < U ? 0 : 1, f % U));
    const zero = await ran("output", last(0));
    assert.match(zero, /cannot compare[^]*the reference is 0 everywhere/);
    assert.doesNotMatch(zero, /tried were/);
    const scaled = await ran("output", last(3));
    assert.match(scaled, /✗ differs[^]*about 3 times[^]*read as: the last step alone/);
    const npy = join(folder(), "nan.npy");
    writeFileSync(npy, npyOfNaN([B, D * U]));
    const { stdout } = await unroll(examples, ...flags, "--reference", `output=${npy}`);
    assert.match(stdout, /cannot compare[^]*nothing but NaN/);
  });

  it("that holds everything differs at its place where one value is wrong", async () => {
    const tensor = made([B, T, D * U], (b, t, f) => o(t, b, f < U ? 0 : 1, f % U));
    const data = tensor.data.slice();
    data[(2 * T + 3) * D * U + 4] = 9;
    const printed = await ran("output", { ...tensor, data });
    assert.match(printed, /✗ differs[^]*t = 3\), batch 2, h, unit 4[^]*batch and time exchanged/);
  });

  const partial: readonly (readonly [what: string, tensor: () => Tensor])[] = [
    ["the last step", () => made([B, D * U], (b, f) => o(T - 1, b, f < U ? 0 : 1, f % U))],
    ["the sum", () => made([T, B, U], (t, b, u) => o(t, b, 0, u) + o(t, b, 1, u))],
    ["the forward direction", () => made([T, B, U], (t, b, u) => o(t, b, 0, u))],
    ["h_n", () => made([L * D, B, U], (k, b, u) => h(k >> 1, k % D, b, u))],
  ];
  for (const [what, tensor] of partial) {
    it(`that is ${what} and differs is not called zero, and differs for the diagnosis too`, async () => {
      const right = tensor();
      const data = right.data.map((value, k) => value + 1e-4 * Math.sin(17 * k));
      const printed = await ran("output", { ...right, data });
      assert.match(printed, /output +✗ differs[^]*given as/);
      assert.doesNotMatch(printed, /0 everywhere/);
      const run = {
        weights: join(examples, "three-layers-two-directions/weights.safetensors"),
        input: join(examples, "three-layers-two-directions/input.npy"),
        h0: join(examples, "three-layers-two-directions/h0.npy"),
        reference: { output: "r.json#r" },
      };
      writeFileSync(join(folder(), "r.unroll.json"), JSON.stringify(run));
      const { code, stdout } = await unroll(folder(), "diagnose", "r.unroll.json");
      assert.equal(code, 1);
      assert.match(stdout, /^r\.unroll\.json: differs\n/);
      assert.doesNotMatch(stdout, /0 everywhere/);
    });
  }

  it("is named by the diagnosis, which ends as the check does", async () => {
    const file = join(folder(), "r.json");
    const tensor = made([T, B, U], (t, b, u) => o(t, b, 0, u) + o(t, b, 1, u));
    writeFileSync(file, JSON.stringify({ r: tensor }));
    const run = {
      weights: join(examples, "three-layers-two-directions/weights.safetensors"),
      input: join(examples, "three-layers-two-directions/input.npy"),
      h0: join(examples, "three-layers-two-directions/h0.npy"),
      reference: { output: "r.json#r" },
    };
    writeFileSync(join(folder(), "r.unroll.json"), JSON.stringify(run));
    const checked = await unroll(folder(), "check", "r.unroll.json");
    assert.equal(checked.code, 0);
    const { code, stdout } = await unroll(folder(), "diagnose", "r.unroll.json", "--json");
    const { runs } = JSON.parse(stdout) as {
      runs: readonly [{ verdict: string; readAs: object; findings: readonly { id: string }[] }];
    };
    assert.deepEqual([code, runs[0].verdict], [checked.code, "rounding"]);
    assert.deepEqual(Object.keys(runs[0].readAs), ["output"]);
    assert.equal(runs[0].findings[0]?.id, "concat/sum");
    const said = await unroll(folder(), "diagnose", "r.unroll.json");
    assert.equal(said.code, 0);
    assert.match(said.stdout, /rounding only, in another shape\n +output: given as/);
  });
});
