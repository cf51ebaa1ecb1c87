/** unroll shapes: the shape check, what would make it fit, and what raises no error. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectedParameters } from "../../../../src/model/parameters";
import { rnnConfig } from "../../support/goldens";
import { unroll, useFolder } from "../terminal";

/** Nested lists of 0.5. */
function halves([size, ...rest]: readonly number[]): unknown {
  return size === undefined ? 0.5 : Array.from({ length: size }, () => halves(rest));
}

function writeHalves(
  file: string,
  shapes: readonly (readonly [string, readonly number[]])[],
): void {
  const content = Object.fromEntries(shapes.map(([name, shape]) => [name, halves(shape)]));
  writeFileSync(file, JSON.stringify(content));
}

const config = rnnConfig({ cell: "GRU", inputSize: 3, hiddenSize: 4, numLayers: 2 });

describe("unroll shapes", () => {
  const folder = useFolder();

  /** Writes a run of a GRU over three sequences of five steps, whose h0 has the batch first. */
  function writeRun(more: object): string {
    const parameters = expectedParameters(config);
    writeHalves(
      join(folder(), "weights.json"),
      parameters.map(({ name, shape }) => [name, shape]),
    );
    writeHalves(join(folder(), "io.json"), [
      ["input", [3, 5, 3]],
      ["h0", [3, 2, 4]],
      ["output", [3, 5, 4]],
      ["other", [3, 5, 9]],
    ]);
    const spec = { weights: { file: "weights.json" }, input: "io.json#input", ...more };
    writeFileSync(join(folder(), "run.unroll.json"), JSON.stringify(spec));
    return "run.unroll.json";
  }

  it("says what clashes, what PyTorch would say, and what makes it fit", async () => {
    const file = writeRun({ h0: "io.json#h0", options: { batchFirst: true } });
    const { code, stdout, stderr } = await unroll(folder(), "shapes", file);
    assert.deepEqual([code, stderr], [1, ""]);
    assert.match(stdout, /✗ {2}h0 +\[L·D, B, H\]/);
    assert.match(stdout, /PyTorch would say: Expected hidden size \(2, 3, 4\), got \[3, 2, 4\]\n/);
    assert.match(stdout, /Each of these alone makes it fit:\n {2}In Python: h0\.transpose\(0, 1\)/);
    assert.match(stdout, /Leave h0 out: zeros take its place\n/);
  });

  it("says of a reference of another shape what compares it", async () => {
    const reference = { h_n: "io.json#h0" };
    const file = writeRun({ reference, options: { batchFirst: true } });
    const { code, stdout } = await unroll(folder(), "shapes", file);
    assert.equal(code, 1);
    assert.match(stdout, /✗ {2}reference h_n +\[L·D, B, H\]/);
    assert.match(
      stdout,
      /^The run itself fits\. unroll check compares a reference of another shape/m,
    );
  });

  it("prints edits that the run file can take, with names relative to it", async () => {
    const file = writeRun({ h0: "io.json#h0", options: { batchFirst: true } });
    const { stdout } = await unroll(folder(), "shapes", file, "--json");
    const { runs } = JSON.parse(stdout) as {
      runs: { fixes: { edits: unknown }[]; fits: boolean; details: unknown }[];
    };
    assert.deepEqual(runs[0]?.details, {
      clash: { of: "state", tensor: "h0", found: [3, 2, 4], expected: [2, 3, 4] },
      cause: { is: "leading-axes-exchanged", tensor: "h0", unitAxis: "H" },
    });
    assert.equal(runs[0].fits, false);
    assert.deepEqual(runs[0].fixes.map(({ edits }) => edits).at(-1), [{ path: ["h0"] }]);
    const wrong = writeRun({
      reference: { output: "io.json#other" },
      options: { batchFirst: true },
    });
    const other = await unroll(folder(), "shapes", wrong, "--json");
    assert.match(other.stdout, /"value": "io\.json#output"/);
  });

  it("looks into the files beside those of the run", async () => {
    const file = writeRun({ input: "io.json#other", options: { batchFirst: true } });
    writeHalves(join(folder(), "near.json"), [["features", [3, 5, 3]]]);
    const wider = expectedParameters({ ...config, inputSize: 9 });
    writeHalves(
      join(folder(), "wide.json"),
      wider.map(({ name, shape }) => [name, shape]),
    );
    writeFileSync(join(folder(), "broken.pt"), "no tensors");
    const { stdout } = await unroll(folder(), "shapes", file, "--json");
    const { runs } = JSON.parse(stdout) as { runs: { fixes: { edits: unknown }[] }[] };
    assert.deepEqual(
      runs[0]?.fixes.slice(0, 3).map(({ edits }) => edits),
      [
        [{ path: ["input"], value: "io.json#input" }],
        [{ path: ["input"], value: "near.json#features" }],
        [{ path: ["weights", "file"], value: "wide.json" }],
      ],
    );
  });

  it("ends with 0 where everything fits, and notes what raises no error", async () => {
    const { code, stdout } = await unroll(folder(), "shapes", writeRun({}));
    assert.equal(code, 0);
    assert.match(stdout, /note: The input \[\d+, \d+, 3\] is read as T =/);
  });

  it("goes on after a file that cannot be read", async () => {
    const file = writeRun({ options: { batchFirst: true } });
    const { code, stdout, stderr } = await unroll(folder(), "shapes", "none.unroll.json", file);
    assert.equal(code, 2);
    assert.match(stderr, /none\.unroll\.json/);
    assert.match(stdout, /run\.unroll\.json: nn\.GRU/);
  });

  it("takes options in place of those of the file", async () => {
    const file = writeRun({ options: { batchFirst: false } });
    const { stdout } = await unroll(folder(), "shapes", file, "--batch-first");
    assert.match(stdout, /batch_first=True/);
  });
});
