/** --reference FILE: what a file holds under the usual names is compared, beside engines in a table. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { FileSet } from "../../../../../src/node/files";
import { writeArchive } from "../../../../../src/formats/write/write";
import { replaceFile } from "../../../../../src/node/writeWhole";
import type { Tensor } from "../../../../../src/tensor/tensor";
import { describePython, python } from "../../../support/python/python";
import { examples, unroll, useFolder, type CommandResult } from "../../terminal";

const example = join(examples, "lstm-two-directions");
const run = [
  ...["run", "--weights", "weights.pt", "--input", "batch.npz#x", "--batch-first"],
  ...["--h0", "batch.npz#h0", "--c0", "batch.npz#c0"],
];

function compared(...flags: readonly string[]): Promise<CommandResult> {
  return unroll(example, ...run, ...flags);
}

/** A copy of the example's reference whose output is moved by `by`. */
async function wrongReference(folder: string, by: number): Promise<string> {
  const files = new FileSet();
  const archive = await files.open(join(example, "expected.npz"));
  const tensors = new Map<string, Tensor>();
  for (const entry of archive.entries) {
    const tensor = await archive.read(entry);
    const data = entry.name === "output" ? tensor.data.map((value) => value + by) : tensor.data;
    tensors.set(entry.name, { ...tensor, data });
  }
  await files.close();
  const path = join(folder, "wrong.npz");
  await replaceFile(path, await writeArchive("npz", tensors));
  return path;
}

/** The reference of an nn.RNN of two directions as a layer of Keras returns it: a list without names. */
async function returnedByKeras(expected: string, folder: string): Promise<string> {
  const files = new FileSet();
  const archive = await files.open(expected);
  const read = (wanted: string): Promise<Tensor> => {
    const entry = archive.entries.find(({ name }) => name === wanted);
    assert.ok(entry);
    return archive.read(entry);
  };
  const [output, hn] = [await read("output"), await read("h_n")];
  await files.close();
  const size = hn.data.length / 2;
  const half = (at: number): Tensor => ({
    ...hn,
    shape: hn.shape.slice(1),
    data: hn.data.slice(at * size, (at + 1) * size),
  });
  const path = join(folder, "returned.npz");
  const list = new Map([output, half(0), half(1)].map((each, at) => [`arr_${at}`, each] as const));
  await replaceFile(path, await writeArchive("npz", list));
  return path;
}

describe("unroll run --reference FILE", () => {
  const folder = useFolder();

  it("compares what the file holds under the usual names", async () => {
    const { code, stdout } = await compared("--reference", "expected.npz", "--json");
    assert.equal(code, 0);
    const { verdicts } = JSON.parse(stdout) as { verdicts: object };
    assert.deepEqual(Object.keys(verdicts), ["output", "h_n", "c_n"]);
  });

  it("takes the list that a layer of Keras returns, states of both directions", async () => {
    const run = join(examples, "two-directions-one-layer");
    const list = await returnedByKeras(join(run, "expected.npz"), folder());
    const given = ["--weights", "weights.pt", "--input", "input.npy", "--batch-first"];
    const { code, stdout } = await unroll(run, "run", ...given, "--reference", list, "--json");
    assert.equal(code, 0, stdout);
    const { verdicts } = JSON.parse(stdout) as { verdicts: object };
    assert.deepEqual(Object.keys(verdicts), ["output", "h_n"]);
  });

  it("takes states from the file as well, as unroll run --trace writes them", async () => {
    const out = join(folder(), "all.safetensors");
    await compared("--trace", "--out", out);
    const { code, stdout } = await compared("--reference", out, "--json");
    const { verdicts } = JSON.parse(stdout) as { verdicts: object };
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(verdicts), ["output", "h_n", "c_n", "states"]);
  });

  it("lets a tensor that is named come first, and wants one where two files have it", async () => {
    const wrong = await wrongReference(folder(), 1);
    const named = await compared("--reference", wrong, "--reference", "output=expected.npz#output");
    assert.equal(named.code, 0, named.stdout);
    const twice = await compared("--reference", wrong, "--reference", "expected.npz");
    assert.equal(twice.code, 2);
    assert.match(twice.stderr, /^--reference: output is in two of the files: name one, as output=/);
  });

  it("is refused where the file holds no reference", async () => {
    const { code, stderr } = await compared("--reference", "weights.pt");
    assert.equal(code, 2);
    assert.match(stderr, /^weights\.pt: it holds no tensor called output, h_n, c_n/);
    assert.match(stderr, /--reference output=weights\.pt#name/);
  });
});

describePython("a wrong file beside PyTorch", ["torch", "numpy"], () => {
  const folder = useFolder();

  it("is accused by the table: it stands alone", async function () {
    this.timeout(180_000);
    const wrong = await wrongReference(folder(), 0.25);
    const { code, stdout, stderr } = await compared(
      ...["--reference", `pytorch,${wrong}`, "--python", python],
    );
    assert.equal(stderr, "");
    assert.equal(code, 1);
    assert.match(
      stdout,
      /the exported file stands alone in layer1\.forward\.h, layer1\.reverse\.h/,
    );
    const right = await compared(...["--reference", "pytorch,expected.npz", "--python", python]);
    assert.equal(right.code, 0, right.stdout);
    assert.match(right.stdout, /all agree in every lane/);
  });
});
