/** ONNX Runtime as a reference: what it covers, what it says it does not, and what goes wrong in one sentence. */
import assert from "node:assert/strict";
import { noControl } from "../../../src/core/control";
import { renderText } from "../../../src/core/text";
import { tensorsOf, withAnswer } from "../../../src/reference/answer";
import type { ReferenceOutcome } from "../../../src/reference/engine";
import { createOnnxEngine } from "../../../src/reference/onnx/engine";
import type { OnnxReply } from "../../../src/run/graph/runtime";
import { executeRun } from "../../../src/run/execute";
import { onnxAnswer, randomOnnxRun } from "../../differential/onnx/onnxRuns";

/** The first run with some property. */
function runWith(
  wanted: (run: ReturnType<typeof randomOnnxRun>) => boolean,
): ReturnType<typeof randomOnnxRun> {
  for (let seed = 0; ; seed++) {
    const run = randomOnnxRun(seed);
    if (wanted(run)) return run;
  }
}

function outcomeOf(reply: OnnxReply): Promise<ReferenceOutcome> {
  const engine = createOnnxEngine({
    run: () => Promise.resolve(reply),
    dispose: () => Promise.resolve(),
  });
  return engine.run(
    { choice: { id: "onnxruntime" }, inputs: randomOnnxRun(0), file: null },
    noControl,
  );
}

describe("ONNX Runtime as a reference", function () {
  this.slow(120_000);

  it("gives every state of an LSTM, which compare as equal or rounding", async () => {
    const run = runWith(({ config }) => config.cell === "LSTM" && config.numLayers > 1);
    const answer = await onnxAnswer(run);
    const names = [...tensorsOf(answer).keys()];
    for (const name of ["output", "h_n", "c_n", "layer1.forward.c", "layer0.forward.o"]) {
      if (run.config.reverseOnly !== true) assert.ok(names.includes(name), name);
    }
    const result = executeRun(withAnswer(run, answer), { control: noControl });
    assert.ok(result.compared.some(({ name }) => name === "states"));
    for (const { name, comparison } of result.compared) {
      assert.notEqual(comparison?.verdict ?? "none", "differs", name);
    }
    result.trace.dispose();
  });

  it("says how it computed what its operators do not have", async () => {
    const run = runWith(({ config, precision }) => config.projSize > 0 && precision === "f32");
    const { notes } = await onnxAnswer(run);
    assert.match(
      notes.map((note) => renderText(note)).join(),
      /single operations in a Scan.*projection/,
    );
  });

  it("is an outcome, not an error, where it refuses, ends or is missing", async () => {
    const refused = await outcomeOf({ kind: "refused", at: "load", message: "no such operator" });
    assert.ok(refused.kind === "unavailable" && refused.why === "failed");
    assert.match(renderText(refused.sentence), /no such operator/);
    const died = await outcomeOf({ kind: "died", isOutOfMemory: true, message: "" });
    assert.ok(died.kind === "unavailable" && died.why === "too-large" && died.remedy !== null);
    const missing = await outcomeOf({ kind: "missing", message: "ENOENT" });
    assert.ok(missing.kind === "unavailable" && missing.why === "missing");
  });
});
