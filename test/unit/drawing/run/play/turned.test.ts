import assert from "node:assert/strict";
import { playPhases, playPoint } from "../../../../../src/drawing/run/play/order";
import { lanesRead, shownStep, turnedLanes } from "../../../../../src/drawing/run/play/turned";
import type { LaneBox } from "../../../../../src/drawing/run/layout";

const phases = playPhases({ bidirectional: true, numLayers: 2 });
const boxes = [
  ["output", null, null],
  ["layer1.reverse", 1, "reverse"],
  ["layer1.forward", 1, "forward"],
  ["layer0.reverse", 0, "reverse"],
  ["layer0.forward", 0, "forward"],
  ["input", null, null],
  ["tokens", null, null],
].map(([id, layer, direction]) => ({
  ...{ info: { id, layer, direction }, bands: [{ side: "ours" }] },
})) as unknown as LaneBox[];

/** The lanes that are flipped at a place in a phase. */
function at(kind: string, layer: number, direction: string | null, fraction = 0.5): string[] {
  const index = phases.findIndex(
    (phase) => phase.kind === kind && phase.layer === layer && phase.direction === direction,
  );
  return [...turnedLanes(boxes, playPoint(phases, index + fraction), 5).lanes];
}

describe("lanes that are seen flipped while a run is played", () => {
  it("are those of a reverse direction and what it reads, while it runs", () => {
    assert.deepEqual(at("run", 0, "reverse"), ["layer0.reverse", "input", "tokens"]);
    const above = ["layer1.reverse", "layer0.reverse", "layer0.forward"];
    assert.deepEqual(at("run", 1, "reverse"), above);
    assert.deepEqual(at("flip", 0, "reverse"), ["input", "tokens"], "from half of the way on");
    assert.deepEqual(at("flip", 0, "reverse", 0.4), []);
    assert.deepEqual(at("flipBack", 0, "reverse", 0.4), ["layer0.reverse"]);
    assert.deepEqual(at("flipBack", 0, "reverse"), []);
    assert.deepEqual(at("run", 0, "forward"), []);
    assert.deepEqual([...turnedLanes(boxes, null, 5).lanes], []);
  });

  it("are not those that have no values", () => {
    const absent = boxes.map((box) =>
      box.info.layer === 0 ? { ...box, bands: [{ top: 0, height: 9, side: null }] } : box,
    );
    const [index] = phases.flatMap(({ kind, layer, direction }, at) =>
      kind === "run" && layer === 1 && direction === "reverse" ? [at] : [],
    );
    const { lanes } = turnedLanes(absent, playPoint(phases, (index ?? 0) + 0.5), 5);
    assert.deepEqual([...lanes], ["layer1.reverse"]);
  });

  it("show their steps from the last to the first, and padding where it is", () => {
    const turned = turnedLanes(boxes, playPoint(phases, 2.5), 3);
    assert.deepEqual(lanesRead(boxes, 0), ["input", "tokens"]);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((step) => shownStep(turned, "input", step)),
      [2, 1, 0, 3, 4],
    );
    assert.equal(shownStep(turned, "layer0.forward", 0), 0);
  });
});
