/** The memory of a trace. */
import assert from "node:assert/strict";
import { LimitError } from "../../../src/errors";
import { allocateTrace, maxTraceBytes, traceBytes } from "../../../src/engine/trace";
import { rnnConfig } from "../support/goldens";

const config = rnnConfig({ hiddenSize: 5, numLayers: 2, bidirectional: true });

describe("allocateTrace", () => {
  it("has a lane for each layer and direction, and h_n beside them", () => {
    const trace = allocateTrace(config, 7, 3, "f32");
    assert.deepEqual(
      trace.states.map((directions) => directions.map((states) => states.length)),
      [
        [105, 105],
        [105, 105],
      ],
    );
    assert.equal(trace.hn.length, 60);
    assert.ok(trace.hn instanceof Float32Array);
    assert.ok(allocateTrace(config, 7, 3, "f64").hn instanceof Float64Array);
  });

  it("has the projection's width where there is one", () => {
    const lstm = rnnConfig({ cell: "LSTM", hiddenSize: 5, projSize: 2 });
    assert.equal(allocateTrace(lstm, 1, 1, "f32").stateSize, 2);
  });

  it("admits the bound and refuses one step more, naming both sizes", () => {
    assert.equal(traceBytes(config, 7, 3, 4), 4 * 105 * 4);
    const wide = rnnConfig({ hiddenSize: 2 ** 20 });
    assert.equal(traceBytes(wide, 2 ** 8, 1, 4), maxTraceBytes);
    assert.throws(
      () => allocateTrace(wide, 2 ** 8 + 1, 1, "f32"),
      (error) => error instanceof LimitError && error.message.includes(String(maxTraceBytes)),
    );
    assert.throws(() => allocateTrace(wide, 2 ** 7 + 1, 1, "f64"), LimitError);
  });
});
