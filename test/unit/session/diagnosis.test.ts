/** A diagnosis without a session: what the panel's second thread answers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl, type RunControl } from "../../../src/core/control";
import { CancelledError } from "../../../src/core/errors";
import { FileSet } from "../../../src/node/files";
import type { DiagnosisView, FindingView } from "../../../src/protocol/run/diagnosisMessages";
import { diagnoseSpec } from "../../../src/session/diagnosis";

async function diagnosed(name: string, control: RunControl = noControl): Promise<DiagnosisView> {
  const files = new FileSet();
  try {
    const file = join("test", "fixtures", "mistakes", `${name}.unroll.json`);
    const { spec } = await readRun(file, { options: {}, tolerance: {} }, ".");
    return await diagnoseSpec(spec, files, control);
  } finally {
    await files.close();
  }
}

describe("diagnoseSpec", () => {
  it("names the mistake, with its fix and what the run can be shown under", async () => {
    const { findings, before, tried } = await diagnosed("s070");
    const [finding] = findings;
    assert.deepEqual(finding?.under, ["gates/iofg"]);
    assert.ok(Number(finding.after) < 1e-5 && Number(before) > 1);
    assert.match(finding.fix.pytorch, /import torch/);
    assert.ok(tried.some(({ most }) => most === null));
  });

  it("shows a run under a free parameter, and not under another shape", async () => {
    const { findings: rows } = await diagnosed("s004");
    assert.deepEqual(
      [rows[0]?.id, rows[0]?.under],
      ["permutation/batch-rows", ["permutation/batch-rows"]],
    );
    const { findings: shape } = await diagnosed("s019");
    assert.deepEqual([shape[0]?.before, shape[0]?.under], [null, []]);
  });

  it("shows a run under values of 16 bits, and says the options of one", async () => {
    const { findings } = await diagnosed("s023");
    const [{ id, under, written }] = findings as [FindingView];
    assert.deepEqual(
      [id, under, written],
      ["precision/float16", ["precision/float16"], ["precision/float16"]],
    );
  });

  it("says under which ids a run file can say a run that agrees", async () => {
    const { findings: reset } = await diagnosed("s051");
    assert.deepEqual(reset[0]?.written, ["gru/reset-before-product"]);
    const { findings: gates } = await diagnosed("s070");
    assert.deepEqual(gates[0]?.written, []);
  });

  it("has the error over time under the first finding", async () => {
    const { overTime } = await diagnosed("s070");
    assert.ok(overTime?.after);
    assert.ok(Math.max(...overTime.before.most) > 1);
    assert.ok(overTime.after.most.every((most, step) => most < (overTime.floor[step] ?? 0)));
    assert.equal((await diagnosed("s048")).overTime, null);
  });

  it("survives JSON, which has no infinity", async () => {
    const view = await diagnosed("s012");
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view);
  });

  it("stops when it is told to", async () => {
    let checks = 0;
    const check = (): void => {
      if (++checks > 3) throw new CancelledError();
    };
    await assert.rejects(diagnosed("s070", { ...noControl, check }), CancelledError);
  });
});
