/** Which lanes are drawn, and in which order. */
import assert from "node:assert/strict";
import type { GatesView, LaneInfo } from "../../../../src/protocol/run/messages";
import {
  ALL_LANES,
  quantitiesOf,
  shownLanes,
  toggled,
  type LaneChoice,
} from "../../../../src/drawing/run/laneChoice";
import { hasTrack, layoutUnrolled } from "../../../../src/drawing/run/layout";
import { tilesOf } from "../../../../src/drawing/run/requests/tiles";

const gates: GatesView = {
  units: 4,
  atOnce: 64,
  each: ["i", "f", "g", "o"].map((letter) => ({
    letter,
    centre: letter === "g" ? 0 : 0.5,
    reference: "none",
    outside: 0,
    total: 8,
    deltaRange: [0, 0],
  })),
};

function lane(id: LaneInfo["id"], outside = 0): LaneInfo {
  const layer = id.startsWith("layer") ? Number(id[5]) : null;
  const cell = {
    units: 4,
    reference: "none" as const,
    outside: 0,
    range: [-3, 3] as const,
    deltaRange: [0, 0] as const,
    magnitude: { percentile: 2, share: 0.995, isSampled: false },
  };
  return {
    ...{ id, layer, units: 4, outside, total: 8, range: [-1, 1], deltaRange: [0, 0] },
    direction: layer === null ? null : "forward",
    reference: layer === null ? "none" : "full",
    cell: layer === null ? null : cell,
    ...(layer === null ? {} : { gates }),
  };
}

const lanes = [lane("input"), lane("layer0.forward", 2), lane("layer1.forward", 5)];

function ids(choice: Partial<LaneChoice>): string[] {
  const shown = shownLanes({ lanes, stateName: "h" }, lanes, { ...ALL_LANES, ...choice });
  return shown.map(({ id }) => id);
}

describe("shownLanes", () => {
  it("shows every lane of the run, and no gates, unless others were chosen", () => {
    assert.deepEqual(ids({}), ["input", "layer0.forward", "layer1.forward"]);
  });

  it("has c and gates below the state that is made of them, in the order of the weights", () => {
    assert.deepEqual(quantitiesOf(lanes, "h"), ["c", "i", "f", "g", "o"]);
    assert.deepEqual(quantitiesOf(lanes, "c"), ["h", "i", "f", "g", "o"]);
    assert.deepEqual(ids({ hidden: ["input", "layer1.forward"], quantities: ["f", "c", "q"] }), [
      "layer0.forward.f",
      "layer0.forward.c",
      "layer0.forward",
    ]);
  });

  it("has the lane with most values outside tolerance on top", () => {
    const turned = [lane("layer0.forward", 5), lane("layer1.forward", 2), lane("output")];
    const choice = { ...ALL_LANES, order: "error" } as const;
    const shown = shownLanes({ lanes: turned, stateName: "h" }, turned, choice);
    assert.deepEqual(
      shown.map(({ id }) => id),
      ["output", "layer1.forward", "layer0.forward"],
    );
    const { boxes } = layoutUnrolled({
      ...{ width: 900, height: 600, lanes: shown, mode: "ours", steps: [0, 9] },
    });
    assert.ok(
      boxes.every(({ captionY }) => captionY === null),
      "no caption of another order",
    );
  });

  it("folds a lane to its name", () => {
    const choice = { ...ALL_LANES, collapsed: ["layer1.forward"] };
    const shown = shownLanes({ lanes, stateName: "h" }, lanes, choice);
    const { boxes } = layoutUnrolled({
      ...{ width: 900, height: 600, lanes: shown, mode: "ours", steps: [0, 9] },
    });
    const [top, below] = boxes;
    assert.ok(top !== undefined && below !== undefined);
    assert.deepEqual([top.bands[0]?.side, top.height < below.height], [null, true]);
    assert.deepEqual([hasTrack(top.info), hasTrack(below.info)], [false, true]);
  });

  it("asks for gates in tiles of as many steps as are computed at once", () => {
    const shown = shownLanes({ lanes, stateName: "h" }, lanes, {
      ...ALL_LANES,
      quantities: ["i"],
    });
    const info = shown.find(({ quantity }) => quantity === "i");
    assert.ok(info !== undefined);
    const tiles = tilesOf({
      ...{ info, side: "ours", batch: 0, seqLength: 256, steps: [0, 256] },
      ...{ devicePixelsPerStep: 4, devicePixelsPerUnit: 4 },
    });
    assert.deepEqual([tiles.length, tiles[0]?.maxColumns], [4, 64]);
  });
});

describe("toggled", () => {
  it("puts a name in, and takes it out again", () => {
    assert.deepEqual(toggled(toggled(["a"], "b"), "a"), ["b"]);
  });
});
