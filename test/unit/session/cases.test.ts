/** Cases that are made of a run which no session holds: what the panel's second thread answers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl } from "../../../src/core/control";
import { CancelledError, NotFoundError } from "../../../src/core/errors";
import { renderText } from "../../../src/core/text";
import { FileSet } from "../../../src/node/files";
import type { ArchiveFiles } from "../../../src/run/load/tensors/chooseTensor";
import type { RunSpec } from "../../../src/run/spec/spec";
import { probeInputs, probeSpec, reduceSpec } from "../../../src/session/cases";
import { readGiven } from "../../../src/session/given";

async function withRun<Result>(
  name: string,
  make: (spec: RunSpec, files: ArchiveFiles) => Promise<Result>,
): Promise<Result> {
  const files = new FileSet();
  try {
    const file = join("test", "fixtures", "mistakes", `${name}.unroll.json`);
    const { spec } = await readRun(file, { options: {}, tolerance: {} }, ".");
    return await make(spec, files);
  } finally {
    await files.close();
  }
}

const request = { seed: 3, weights: "weights.npz" };

describe("cases of a run that no session holds", () => {
  it("makes a better test of its module", async () => {
    const made = await withRun("s070", (spec, files) => probeSpec(spec, request, files, noControl));
    const names = made.files.map(({ name }) => name);
    assert.equal(made.seed, 3);
    assert.ok(names.includes(made.runFile), names.join());
    assert.ok(names.includes("record.py"), names.join());
  });

  it("makes the smallest case that shows its mistake", async () => {
    const made = await withRun("s070", (spec, files) => reduceSpec(spec, files, noControl));
    assert.equal(made?.finding.id, "gates/iofg");
    assert.ok(made.files.some(({ name }) => name === made.runFile));
  });

  it("stops when it is told to", async () => {
    let checks = 0;
    const check = (): void => {
      if (++checks > 3) throw new CancelledError();
    };
    const cancelled = withRun("s070", (spec, files) =>
      reduceSpec(spec, files, { ...noControl, check }),
    );
    await assert.rejects(cancelled, CancelledError);
  });

  it("says so where the run was not read from files", async () => {
    const probed = withRun("s070", async (spec, files) => {
      const { inputs, given } = await readGiven(spec, files, noControl);
      return probeInputs(inputs, { ...given, source: null }, request, noControl);
    });
    await assert.rejects(probed, (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.match(renderText(error.text), /the run was not read from files/);
      return true;
    });
  });
});
