/** Work that stops when the other thread asks for it. */
import assert from "node:assert/strict";
import { Stops } from "../../../src/worker/stops";

const cancelled = { tag: "cancelled" };

describe("Stops", () => {
  it("stops runs of a revision and older ones, through the memory that both ends share", () => {
    const here = new Stops();
    const there = new Stops(here.memory);
    const [old, asked, next] = [1, 2, 3].map((revision) => there.checkOfRun(revision));
    here.stopRuns(2);
    assert.throws(() => old?.(), cancelled);
    assert.throws(() => asked?.(), cancelled);
    assert.doesNotThrow(() => next?.());
  });

  it("stops work that has begun and none that begins later, also where the revision was stopped before", () => {
    const stops = new Stops();
    stops.stopRuns(2);
    const begun = stops.checkOfWork();
    assert.doesNotThrow(begun);
    stops.stopRuns(2);
    assert.throws(begun, cancelled);
    assert.doesNotThrow(stops.checkOfWork());
  });

  it("leaves runs alone where work is stopped", () => {
    const stops = new Stops();
    const run = stops.checkOfRun(1);
    stops.stopWork();
    assert.doesNotThrow(run);
  });
});
