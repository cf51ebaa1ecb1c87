/** unroll stats and unroll export: numbers and files of the tensors in a file, and sentences about what is wrong. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examples, unroll, useFolder } from "../terminal";

const weights = "text-classifier/weights.pt";

interface TensorJson {
  readonly name: string;
  readonly min: number;
  readonly total: number;
  readonly nans: number;
  readonly max: number | string;
  readonly minMaxAreExact?: boolean;
  readonly exactRange?: readonly string[];
  readonly observations: readonly string[];
  readonly spectrum?: readonly { readonly name: string; readonly singularValues: number[] }[];
}

async function statsOf(folder: string, tensor: string): Promise<readonly TensorJson[]> {
  const { stdout, stderr } = await unroll(folder, "stats", tensor, "--json");
  assert.equal(stderr, "");
  return (JSON.parse(stdout) as { tensors: TensorJson[] }).tensors;
}

describe("unroll stats", () => {
  const folder = useFolder();

  it("prints one tensor in full", async () => {
    const { code, stdout } = await unroll(examples, "stats", `${weights}#lstm.weight_hh_l0`);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^lstm\.weight_hh_l0 float32 \[32, 8\], 256 values\n {2}min +-0\.845646\n/,
    );
    assert.match(stdout, /\n {2}50 % +-0\.105389\n/);
    assert.match(stdout, /\n {2}W_hg +spectral radius 2\.4889 +singular values 3\.20321, /);
  });

  it("prints a line for each tensor of a file, and what is remarkable", async () => {
    const { stdout } = await unroll(examples, "stats", weights);
    const lines = stdout.split("\n");
    assert.match(lines[0] ?? "", /^ +dtype +shape +min +max +mean +std +zeros +NaN +±Inf$/);
    assert.equal(lines.filter((line) => /^lstm\..* float32 /.test(line)).length, 8);
    assert.ok(lines.includes("embedding.weight: row 0 is all zero"), stdout);
    assert.doesNotMatch(stdout, /spectral/);
  });

  it("prints the same as JSON, spectrum included", async () => {
    const [only, ...others] = await statsOf(examples, `${weights}#lstm.weight_hh_l0`);
    assert.equal(others.length, 0);
    assert.equal(only?.total, 256);
    assert.ok(Math.abs(only.min + 0.845646) < 1e-6);
    assert.deepEqual(
      only.spectrum?.map(({ name }) => name),
      ["W_hi", "W_hf", "W_hg", "W_ho"],
    );
    assert.equal(only.spectrum[0]?.singularValues.length, 8);
    assert.equal((await statsOf(examples, weights)).length, 11);
  });

  it("counts NaN apart, and computes no spectrum of it", async () => {
    const values = [NaN, 1, 2, 3].map(String).join(", ");
    const tensors = `{"weight_ih_l0": [[1], [2]], "weight_hh_l0": {"shape": [2, 2], "dtype": "float32", "data": [${values}]}}`;
    writeFileSync(join(folder(), "w.json"), tensors);
    const [only] = await statsOf(folder(), "w.json#weight_hh_l0");
    assert.deepEqual([only?.nans, only?.min, only?.max], [1, 1, 3]);
    assert.equal(only?.spectrum, undefined);
  });

  it("prints integers in full, and marks those that had to be rounded", async () => {
    const data = "-1234567, 3, 9007199254740993, 8, 2126009876543210987";
    const ids = `{"ids": {"shape": [5], "dtype": "int64", "data": [${data}]}}`;
    writeFileSync(join(folder(), "ids.json"), ids);
    const { stdout } = await unroll(folder(), "stats", "ids.json#ids");
    assert.match(stdout, /\n {2}min +-1234567\n {2}max +2126009876543210987\n/);
    assert.match(stdout, /\n {2}50 % +8\n/);
    const [only] = await statsOf(folder(), "ids.json#ids");
    assert.equal(only?.minMaxAreExact, false);
    assert.deepEqual(only.exactRange, ["-1234567", "2126009876543210987"]);
    const [weight] = await statsOf(examples, `${weights}#lstm.weight_hh_l0`);
    assert.equal(weight?.minMaxAreExact, undefined);
  });

  it("says which tensor is not there", async () => {
    const gone = await unroll(examples, "stats", `${weights}#gone`);
    assert.equal(gone.code, 2);
    assert.match(
      gone.stderr,
      /^weights\.pt: there is no tensor named gone; it has embedding\.weight, /,
    );
    assert.match((await unroll(examples, "stats")).stderr, /^unroll stats: expected one file/);
    assert.match((await unroll(examples, "stats", "#x")).stderr, /expected FILE or FILE#tensor/);
  });
});

describe("unroll export", () => {
  const folder = useFolder();
  const from = join(examples, weights);

  it("writes a part of a tensor", async () => {
    const { code, stdout } = await unroll(
      folder(),
      ...["export", `${from}#lstm.weight_hh_l0`, "--out", "part.csv", "--slice", "[0:2, -3:]"],
    );
    assert.equal(code, 0);
    assert.equal(stdout, "part.csv: 1 tensor\n  lstm.weight_hh_l0  float32  [2, 3]\n");
    assert.equal(
      readFileSync(join(folder(), "part.csv"), "utf8"),
      "-0.57748425,-0.11656806,0.37600654\n-0.56144685,-0.30586708,0.278837\n",
    );
  });

  it("writes all tensors, which are the same when they are read again", async () => {
    for (const out of ["all.npz", "all.safetensors", "all.json"]) {
      const { stdout } = await unroll(folder(), "export", from, "--out", out, "--json");
      assert.equal(Object.keys((JSON.parse(stdout) as { tensors: object }).tensors).length, 11);
      const before = await statsOf(examples, `${weights}#fc.weight`);
      assert.deepEqual(await statsOf(folder(), `${out}#fc.weight`), before);
    }
  });

  it("replaces a file only by a whole one, and never the one it reads", async () => {
    const copy = join(folder(), "w.json");
    writeFileSync(copy, '{"a": [1, 2], "b": [3]}');
    const itself = await unroll(folder(), "export", "w.json", "--out", "w.json");
    assert.match(itself.stderr, /^--out: .*w\.json is an input of this run/);
    writeFileSync(join(folder(), "x.npy"), "older");
    const two = await unroll(folder(), "export", "w.json", "--out", "x.npy");
    assert.match(
      two.stderr,
      /^\.npy: a file of this format holds one tensor; export it as \.npz or \.safetensors/,
    );
    assert.equal(readFileSync(join(folder(), "x.npy"), "utf8"), "older");
    assert.deepEqual(readdirSync(folder()).sort(), ["w.json", "x.npy"]);
    assert.equal((await unroll(folder(), "export", "w.json#b", "--out", "x.npy")).code, 0);
    assert.match(readFileSync(join(folder(), "x.npy"), "latin1"), /NUMPY/);
  });

  it("says what it does not understand", async () => {
    const tensor = `${from}#lstm.weight_hh_l0`;
    const refused = async (...flags: string[]): Promise<string> => {
      const { code, stderr } = await unroll(folder(), "export", tensor, ...flags);
      assert.equal(code, 2);
      return stderr;
    };
    assert.match(await refused(), /^unroll export: expected --out/);
    assert.match(await refused("--out", "x.txt"), /ends in \.npy, \.npz, .*, not x\.txt/);
    const sliced = (slice: string): Promise<string> => refused("--out", "x.npy", "--slice", slice);
    assert.match(await sliced("0, 0, 0"), /^--slice: the tensor has shape \[32, 8\], not 3 axes/);
    assert.match(await sliced("32"), /there is no index 32 on an axis of size 32/);
    assert.match(await sliced("-33"), /there is no index -33/);
    assert.match(await sliced("::2"), /expected an index such as 0, .*, not "::2"/);
    assert.match(await sliced("..., ..."), /not 0 axes/);
    assert.equal(existsSync(join(folder(), "x.npy")), false);
  });
});
