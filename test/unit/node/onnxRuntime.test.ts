/** The thread of ONNX Runtime seen from the one that starts it: when it begins, and that it ends. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancelledError } from "../../../src/core/errors";
import { noControl } from "../../../src/core/control";
import { createOnnxRuntime } from "../../../src/node/onnxRuntime";

const job = { model: new Uint8Array(1), feeds: {} };

describe("the thread of ONNX Runtime", () => {
  const folder = mkdtempSync(join(tmpdir(), "unroll-onnx-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  function runtimeOf(body: string, idleMs = 60_000): ReturnType<typeof createOnnxRuntime> {
    const script = join(folder, `${Math.abs(body.length)}.cjs`);
    writeFileSync(script, `const { parentPort: port } = require("node:worker_threads");\n${body}`);
    return createOnnxRuntime({ script, idleMs });
  }

  const answering =
    'port.on("message", () => port.postMessage({ kind: "missing", message: "here" }));';

  it("is not there before it is asked, and ends when it is idle", async () => {
    const runtime = runtimeOf(answering, 1);
    assert.equal(runtime.isAwake, false);
    const reply = await runtime.run({ ...job, model: new Uint8Array(1) }, noControl);
    assert.equal(reply.kind, "missing");
    const isAwake = (): boolean => runtime.isAwake;
    while (isAwake()) await new Promise((resolve) => setTimeout(resolve, 2));
  });

  it("is ended by a cancel, in the middle of whatever it does", async () => {
    const runtime = runtimeOf('port.on("message", () => { for (;;); });');
    let looks = 0;
    const control = {
      report: () => undefined,
      check: () => {
        if (++looks > 2) throw new CancelledError();
      },
    };
    await assert.rejects(
      runtime.run({ ...job, model: new Uint8Array(1) }, control),
      CancelledError,
    );
    assert.equal(runtime.isAwake, false);
  });

  it("says that it died, and starts again", async () => {
    const runtime = runtimeOf('port.on("message", () => process.exit(3));');
    for (let time = 0; time < 2; time++) {
      const reply = await runtime.run({ ...job, model: new Uint8Array(1) }, noControl);
      assert.equal(reply.kind, "died");
      assert.equal(runtime.isAwake, false);
    }
  });
});
