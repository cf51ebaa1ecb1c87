import assert from "node:assert/strict";
import type { ShownLane } from "../../../../src/drawing/run/laneChoice";
import { boxOf, layoutUnrolled } from "../../../../src/drawing/run/layout";
import { planBands } from "../../../../src/drawing/run/requests/lanePlan";
import type { RowZoom } from "../../../../src/drawing/run/laneStack";
import { anchorAt, scrollToAnchor, unitsOnScreen } from "../../../../src/drawing/run/zoom/rowZoom";
import { unitTicks } from "../../../../src/drawing/run/zoom/unitAxis";
import type { RunView } from "../../../../src/protocol/run/messages";

function lane(id: ShownLane["id"], layer: number | null, units: number): ShownLane {
  return {
    ...{ id, layer, units, direction: layer === null ? null : "forward", reference: "none" },
    ...{ outside: 0, total: 0, range: [-1, 1], deltaRange: [0, 0], cell: null },
  };
}

const lanes = [
  lane("input", null, 8),
  lane("layer0.forward", 0, 1024),
  lane("layer1.forward", 1, 1024),
  lane("output", null, 1024),
];

function layout(rowZoom: RowZoom): ReturnType<typeof layoutUnrolled> {
  return layoutUnrolled({
    width: 1000,
    height: 600,
    lanes,
    mode: "ours",
    steps: [0, 100],
    rowZoom,
  });
}

describe("zoom over units", () => {
  it("makes every lane higher by the same factor, up to rows that a number is read in", () => {
    const [whole, twice] = [layout(1), layout(2)];
    assert.ok(whole.contentHeight <= 600);
    const heights = (id: string): number[] =>
      [whole, twice].map((each) => boxOf(each, id)?.height ?? 0);
    const [before = 0, after = 0] = heights("layer0.forward");
    assert.equal(after, 2 * before);
    const most = layout(1e9);
    assert.equal(most.rowZoom, most.mostRowZoom);
    assert.equal((boxOf(most, "layer0.forward")?.height ?? 0) / 1024, 64);
    assert.equal((boxOf(most, "input")?.height ?? 0) / 8, 64);
  });

  it("gives a lane the whole height", () => {
    const filled = layout({ fill: "layer1.forward" });
    const height = boxOf(filled, "layer1.forward")?.height ?? 0;
    assert.ok(height > 500 && height < 600, String(height));
    assert.equal(layout({ fill: "layer9.forward" }).rowZoom, 1);
  });

  it("keeps a point of a lane where it is", () => {
    const [whole, zoomed] = [layout(1), layout(7)];
    const box = boxOf(whole, "layer0.forward");
    assert.ok(box);
    const anchor = anchorAt(whole, box.top + 0.25 * box.height, 0);
    assert.equal(anchor.lane, "layer0.forward");
    const scrolled = scrollToAnchor(zoomed, anchor) ?? NaN;
    const now = boxOf(zoomed, "layer0.forward");
    assert.ok(now);
    assert.ok(Math.abs(now.top + 0.25 * now.height - scrolled - anchor.at) < 1e-9);
    assert.equal(scrollToAnchor(zoomed, { ...anchor, lane: "layer9.forward" }), null);
  });

  it("asks only for units that are on screen, in tiles of their own, and no row of the output mixes directions", () => {
    const zoomed = layout(40);
    const box = boxOf(zoomed, "output");
    assert.ok(box);
    const view = { config: null, seqLength: 100, verdicts: [] } as unknown as RunView;
    const plans = planBands({
      ...{ layout: zoomed, view, mode: "ours", stateName: "h", batch: 0, dpr: 1 },
      ...{ scrollTop: box.top + box.height * 0.4, height: 600 },
    });
    const requests = plans.flatMap(({ box: { info }, steps }) =>
      info.id === "output" && steps !== null && steps !== "absent" ? steps.requests : [],
    );
    assert.ok(requests.length >= 1);
    const cells = requests.reduce((sum, { maxColumns, maxRows }) => sum + maxColumns * maxRows, 0);
    assert.ok(cells <= 2 * 256 * 128, `${cells} cells`);
    for (const { unitStart, unitEnd } of requests) {
      assert.ok(unitEnd - unitStart <= 256);
      assert.ok(unitEnd <= 512 || unitStart >= 512);
      assert.ok(unitEnd > 0.4 * 1024 - 1);
    }
  });
});

describe("the axis of units", () => {
  const screen = { top: 0, height: 600 };

  it("has powers of two where they divide the units, and every unit where there is room", () => {
    const wide = unitTicks({ top: 0, height: 128 }, { units: 1024 }, screen);
    assert.deepEqual(
      wide.map(({ unit }) => unit),
      [0, 128, 256, 384, 512, 640, 768, 896],
    );
    const few = unitTicks({ top: 0, height: 80 }, { units: 5 }, screen);
    assert.deepEqual(
      few.map(({ unit, y }) => [unit, y]),
      [0, 1, 2, 3, 4].map((unit) => [unit, 16 * unit + 8]),
    );
    const odd = unitTicks({ top: 0, height: 60 }, { units: 100 }, screen);
    assert.ok(odd.length >= 2 && odd.every(({ unit }) => unit % 50 === 0), JSON.stringify(odd));
  });

  it("leaves the last number of a band out where the first one of the band below would stand in it", () => {
    const band = { top: 0, height: 64 };
    const unitsAbove = (top: number): number[] =>
      unitTicks(band, { units: 16 }, screen, { top }).map(({ unit }) => unit);
    assert.deepEqual(unitsAbove(69), [0, 5, 10]);
    assert.deepEqual(unitsAbove(76), [0, 5, 10, 15]);
    assert.deepEqual(
      unitTicks(band, { units: 16 }, screen).map(({ unit }) => unit),
      [0, 5, 10, 15],
    );
  });

  it("has none beside a low lane, and only those on screen of a high one", () => {
    assert.deepEqual(unitTicks({ top: 0, height: 24 }, { units: 64 }, screen), []);
    const high = unitTicks({ top: -6_400, height: 64_000 }, { units: 1000 }, screen);
    assert.ok(high.length <= 12);
    assert.equal(high[0]?.unit, 100);
    assert.deepEqual(unitsOnScreen({ top: -6_400, height: 64_000 }, 1000, screen), [100, 110]);
  });
});
