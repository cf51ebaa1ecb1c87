/** Gradients of an opened run: curves for the panel, kept by loss, and stopped when asked to. */
import assert from "node:assert/strict";
import { noControl } from "../../../../src/core/control";
import { forward } from "../../../../src/engine/forward";
import { backward } from "../../../../src/engine/gradient/gradient";
import { lossStart } from "../../../../src/engine/gradient/loss";
import { CancelledError } from "../../../../src/core/errors";
import type { GradientRequest } from "../../../../src/protocol/run/curveMessages";
import { decodeNumber } from "../../../../src/protocol/wire";
import { GradientReader } from "../../../../src/session/gradients/gradients";
import { rnnConfig } from "../../support/goldens";
import { largestDistance, randomRun } from "../../support/runs";

const config = rnnConfig({ cell: "LSTM", numLayers: 2, bidirectional: true });
const run = randomRun({
  config,
  seed: 3,
  seqLength: 40,
  batchSize: 2,
  lengths: [40, 17],
  precision: "f32",
});
const request: GradientRequest = {
  loss: { kind: "sum" },
  layer: 1,
  direction: "reverse",
  batch: 1,
  stepStart: 0,
  stepEnd: 40,
  maxColumns: 100,
};

/** The reader reads a run's network and trace and nothing else of it. */
function readerOf(forwardInput = run): GradientReader {
  const result = { forwardInput, trace: forward(forwardInput) };
  return new GradientReader(result, {});
}

describe("GradientReader", () => {
  it("gives the norms of one lane and batch row, computed in float64", async () => {
    const wide = { ...run, precision: "f64" } as const;
    const trace = forward(wide);
    const { value, arriving } = lossStart(wide, trace, { kind: "sum" });
    const expected = backward(wide, trace, arriving).norms[1]?.[1]?.filter((_, k) => k % 2 === 1);

    const curve = await readerOf().curve(request, noControl);

    assert.deepEqual(curve.norm, expected);
    assert.equal(decodeNumber(curve.value), value);
    assert.deepEqual([...curve.norm.subarray(17)], new Array(23).fill(0));
  });

  it("keeps the largest of each block of steps, and any range of them", async () => {
    const reader = readerOf();
    const { norm } = await reader.curve(request, noControl);
    const blocks = await reader.curve({ ...request, maxColumns: 4 }, noControl);
    const largest = [0, 10, 20, 30].map((from) => Math.max(...norm.subarray(from, from + 10)));
    assert.deepEqual([...blocks.norm], largest);
    const one = await reader.curve({ ...request, stepStart: 5, stepEnd: 6 }, noControl);
    assert.deepEqual([...one.norm], [norm[5]]);
  });

  it("computes each loss once, and stops when asked to", async () => {
    const reader = readerOf();
    let checks = 0;
    const counting = {
      ...noControl,
      check: () => {
        checks++;
      },
    };
    await reader.curve(request, counting);
    const first = checks;
    await reader.curve({ ...request, layer: 0 }, counting);
    assert.ok(first > 0);
    assert.equal(checks, first);

    const stop = {
      ...noControl,
      check: () => {
        throw new CancelledError();
      },
    };
    const other: GradientRequest = { ...request, loss: { kind: "last" } };
    await assert.rejects(readerOf().curve(other, stop), CancelledError);
  });

  it("forgets the losses that there is no room for", async () => {
    const large = { ...config, inputSize: 64, hiddenSize: 64 };
    const wide = randomRun({ config: large, seed: 5, seqLength: 40, batchSize: 2 });
    const trace = forward(wide);
    const bytesOfLoss = 4 * 40 * 2 * Float64Array.BYTES_PER_ELEMENT;
    const reader = new GradientReader(
      { forwardInput: wide, trace },
      { maxTraceBytes: 4 * bytesOfLoss },
    );
    const isComputed = async (kind: "sum" | "last"): Promise<boolean> => {
      let reports = 0;
      const control = {
        ...noControl,
        report: () => {
          reports++;
        },
      };
      await reader.curve({ ...request, loss: { kind } }, control);
      return reports > 1;
    };
    const found: boolean[] = [];
    for (const kind of ["sum", "sum", "last", "last", "sum"] as const) {
      found.push(await isComputed(kind));
    }
    assert.deepEqual(found, [true, false, true, false, true]);
  });

  it("takes the unit at a place that the run has", async () => {
    const reader = readerOf();
    const place = { layer: 9, direction: "forward", step: 99, batch: 9, unit: 99 } as const;
    const loss = { kind: "unit", place, stateName: "c" } as const;
    const { norm, flow } = await reader.curve({ ...request, loss }, noControl);
    assert.equal(flow, "none");
    assert.ok(norm.every((each) => each === 0));
  });

  it("uses a float64 run as it is", async () => {
    const wide = { ...run, precision: "f64" } as const;
    const trace = forward(wide);
    const reader = new GradientReader(
      { forwardInput: wide, trace },
      {
        createEngine: () => {
          throw new Error("it was run again");
        },
      },
    );
    const { norm } = await reader.curve(request, noControl);
    const other = await readerOf().curve(request, noControl);
    assert.ok(largestDistance(norm, other.norm) === 0);
  });

  /** A long run, and how often it was left for other questions. */
  function longReader(): { reader: GradientReader; pause: () => Promise<void>; pauses: number[] } {
    const long = randomRun({ config, seed: 3, seqLength: 4000, batchSize: 2 });
    const pauses: number[] = [];
    const pause = (): Promise<void> => {
      pauses.push(pauses.length);
      return Promise.resolve();
    };
    return { reader: readerOf(long), pause, pauses };
  }

  it("leaves the thread to other questions in between, and gives the same numbers", async () => {
    const { reader, pause, pauses } = longReader();
    const whole = { ...request, stepEnd: 4000, maxColumns: 4000 };
    const { norm } = await reader.curve(whole, { ...noControl, pause });
    assert.ok(pauses.length > 0);
    const { reader: other } = longReader();
    assert.deepEqual((await other.curve(whole, noControl)).norm, norm);
  });

  it("gives up a loss that is no longer wanted: stopped, or another one is asked for", async () => {
    const last: GradientRequest = { ...request, loss: { kind: "last" } };
    const { reader, pause } = longReader();
    const first = reader.curve(request, { ...noControl, pause });
    const lane = reader.curve({ ...request, layer: 0 }, { ...noControl, pause });
    const other = reader.curve(last, { ...noControl, pause });
    await assert.rejects(first, CancelledError);
    await assert.rejects(lane, CancelledError);
    assert.equal((await other).norm.length, 40);
    const again = reader.curve(request, {
      ...noControl,
      pause: () => {
        reader.stop();
        return Promise.resolve();
      },
    });
    await assert.rejects(again, CancelledError);
    const given = reader.curve(request, { ...noControl, pause });
    reader.dispose();
    await assert.rejects(given, CancelledError);
  });
});
