/** Gradients of a packed bidirectional GRU with a given h0, against float64 autograd. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileSet } from "../../../src/node/files";
import { readNamedTensor } from "../../../src/run/load/tensors/runTensors";
import { largestDistance } from "../support/runs";
import { assertRuns, caseFolder, inCase } from "./support";

const folder = "34-gradients-packed";
const flags = ["--weights", "w.pt", "--input", "io.npz#x", "--h0", "io.npz#h0"].concat([
  ...["--lengths", "io.npz#lens"],
]);

describe("field: gradients of packed sequences", () => {
  it("runs as PyTorch does", async () => {
    await assertRuns(folder, { flags, reference: { output: "io.npz#output" }, atol: 1e-12 });
  });

  it("equals autograd in every parameter, h0 and the input", async () => {
    const work = mkdtempSync(join(tmpdir(), "unroll-field-"));
    const files = new FileSet();
    try {
      const out = join(work, "gradients.npz");
      const { code, stderr } = await inCase(
        folder,
        ...["gradients", ...flags, "--loss", "sum", "--out", out],
      );
      assert.equal(code, 0, stderr);
      const expected = join(caseFolder(folder), "expected.npz");
      const { entries } = await files.open(expected);
      assert.equal(entries.length, 18);
      for (const { name } of entries) {
        const found = await readNamedTensor(`${out}#${name}`, files);
        const wanted = await readNamedTensor(`${expected}#${name}`, files);
        assert.deepEqual(found.shape, wanted.shape);
        const distance = largestDistance(found.data, wanted.data);
        assert.ok(distance <= 1e-12, `${name}: ${distance}`);
      }
    } finally {
      await files.close();
      rmSync(work, { recursive: true });
    }
  });
});
