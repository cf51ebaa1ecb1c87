/** Progress at a pace. */
import assert from "node:assert/strict";
import type { Progress } from "../../../src/core/control";
import { text } from "../../../src/core/text";
import { throttled } from "../../../src/core/throttle";

const activity = text("Reading files");

describe("throttled", () => {
  let told: number[];
  let time: number;
  const tell = ({ fraction }: Progress): void => {
    told.push(fraction);
  };
  const paced = (): ReturnType<typeof throttled> =>
    throttled(tell, { quietMs: 100, intervalMs: 10 }, () => time);

  beforeEach(() => {
    told = [];
    time = 0;
  });

  it("tells nothing of work that ends soon, its end neither", () => {
    const { report, end } = paced();
    time = 99;
    report(0.9, activity);
    end();
    assert.deepEqual(told, []);
  });

  it("tells of longer work after the quiet, an interval apart, and its end", () => {
    const { report, end } = paced();
    for (time = 95; time < 125; time += 5) report(time / 1000, activity);
    end();
    assert.deepEqual(told, [0.1, 0.11, 0.12, 1]);
  });
});
