/** What a trace takes, and how a whole one is read. */
import assert from "node:assert/strict";
import { cellSizeOf, completeTrace, traceBytes } from "../../../../src/engine/base/trace";
import { rnnConfig } from "../../support/goldens";

const config = rnnConfig({ hiddenSize: 5, numLayers: 2, bidirectional: true });

describe("traceBytes", () => {
  it("counts h of every layer, direction, step and batch row", () => {
    assert.equal(traceBytes(config, 7, 3, 4), 2 * 2 * 7 * 3 * 5 * 4);
    assert.equal(traceBytes(config, 7, 3, 8), 2 * traceBytes(config, 7, 3, 4));
    assert.equal(traceBytes({ ...config, cell: "GRU" }, 7, 3, 4), traceBytes(config, 7, 3, 4));
  });

  it("counts an LSTM's c beside h, whose width is the projection's where there is one", () => {
    const lstm = { ...config, cell: "LSTM" as const };
    assert.equal(traceBytes(lstm, 7, 3, 4), 2 * traceBytes(config, 7, 3, 4));
    assert.equal(traceBytes({ ...lstm, projSize: 2 }, 7, 3, 4), 2 * 2 * 7 * 3 * (2 + 5) * 4);
  });

  it("counts beyond 2^32", () => {
    const wide = rnnConfig({ hiddenSize: 2 ** 20 });
    assert.equal(traceBytes(wide, 2 ** 20, 1, 8), 2 ** 43);
  });
});

describe("cellSizeOf", () => {
  it("is H for an LSTM, projected or not, and 0 for cells without c", () => {
    assert.equal(cellSizeOf({ cell: "LSTM", hiddenSize: 5 }), 5);
    assert.equal(cellSizeOf({ cell: "GRU", hiddenSize: 5 }), 0);
    assert.equal(cellSizeOf({ cell: "RNN", hiddenSize: 5 }), 0);
  });
});

describe("completeTrace", () => {
  const frame = {
    seqLength: 3,
    batchSize: 2,
    stateSize: 1,
    cellSize: 2,
    hn: Float32Array.of(4, 5),
    cn: Float32Array.of(0, 0, 0, 0),
    path: { engine: "readable", threads: 1, checkpoints: false },
  } as const;
  const lane = {
    h: Float32Array.of(0, 1, 2, 3, 4, 5),
    c: Float32Array.from({ length: 12 }, (_, index) => 10 * index),
  };
  const trace = completeTrace(frame, [[lane]]);
  const place = { layer: 0, directionIndex: 0 };

  it("reads h and c of a span of steps by their own widths, without copying", () => {
    const h = trace.read("h", place, 1, 3);
    assert.deepEqual([...h], [2, 3, 4, 5]);
    assert.equal(h.buffer, lane.h.buffer);
    assert.deepEqual([...trace.read("c", place, 2, 3)], [80, 90, 100, 110]);
    assert.equal(trace.read("h", place, 3, 3).length, 0);
  });

  it("is one block from the first step to the last, at least one step long", () => {
    assert.equal(trace.blockSteps, 3);
    assert.equal(completeTrace({ ...frame, seqLength: 0 }, [[lane]]).blockSteps, 1);
  });

  it("is readable after it was disposed: nothing of it is kept elsewhere", () => {
    trace.dispose();
    assert.equal(trace.read("h", place, 0, 1)[1], 1);
  });
});
