import assert from "node:assert/strict";
import type { LaneInfo } from "../../../../src/protocol/run/messages";
import {
  AXIS_HEIGHT,
  boxOf,
  hitTest,
  layoutUnrolled,
  MAX_CELL,
  scrollToReveal,
  stepAt,
  stepX,
  unitY,
} from "../../../../src/drawing/run/layout";
import { sidesOf } from "../../../../src/drawing/run/sides";
import { lane, placed, request, twoLayers } from "./layoutRequests";

describe("layoutUnrolled", () => {
  it("fills the plot at any zoom, and leaves a short sequence a figure", () => {
    const whole = layoutUnrolled(request());
    assert.equal(whole.columnWidth, MAX_CELL.width);
    const zoomed = layoutUnrolled(request({ isZoomed: true }));
    assert.ok(zoomed.finalLeft + zoomed.finalWidth > 900, "to the right edge");
  });

  it("has steps and h_n inside the view at every width that a panel has", () => {
    for (const width of [200, 240, 300, 420, 700, 1400]) {
      const { finalLeft, finalWidth, plotWidth } = layoutUnrolled(
        request({ width, steps: [0, 24] }),
      );
      assert.ok(finalLeft + finalWidth <= width, `h_n of ${width} px`);
      assert.ok(plotWidth >= 45, `${plotWidth} of ${width} px`);
    }
  });

  it("puts the output on top, then the last layer's reverse lane, and the input at the bottom", () => {
    const { boxes } = layoutUnrolled(request());
    assert.deepEqual(
      boxes.map((box) => box.info.id),
      ["output", "layer1.reverse", "layer1.forward", "layer0.reverse", "layer0.forward", "input"],
    );
    for (const [index, box] of boxes.entries()) {
      const before = boxes[index - 1];
      if (before !== undefined) assert.ok(box.top >= before.top + before.height);
    }
  });

  it("writes what a layer hands up above its upper lane, except for the last layer", () => {
    const { boxes } = layoutUnrolled(request());
    const captioned = boxes.filter((box) => box.captionY !== null).map((box) => box.info.id);
    assert.deepEqual(captioned, ["layer0.reverse"]);
  });

  it("does not let the cells of a tiny run grow without end", () => {
    const layout = layoutUnrolled(request({ width: 4000, height: 3000 }));
    assert.equal(layout.columnWidth, MAX_CELL.width);
    assert.equal(boxOf(layout, "layer0.forward")?.height, 3 * MAX_CELL.height);
  });

  it("fits many lanes of many units into the height while they keep room for their labels", () => {
    const wide = twoLayers.map((each) => ({ ...each, units: 512 }));
    const layout = layoutUnrolled(request({ lanes: wide, height: 800 }));
    assert.ok(layout.contentHeight <= 800);
    const crowded = Array.from({ length: 40 }, (_, layer) => lane(`layer${layer}.forward`, 512));
    const scrolling = layoutUnrolled(request({ lanes: crowded, height: 800 }));
    assert.ok(scrolling.contentHeight > 800);
    for (const box of scrolling.boxes) assert.ok(box.height >= 36);
  });

  it("has more lanes on screen where the view is low", () => {
    const onScreen = (height: number): number => {
      const { boxes } = layoutUnrolled(request({ height, lanes: twoLayers }));
      return boxes.filter((box) => box.top + box.height <= height - AXIS_HEIGHT).length;
    };
    assert.ok(onScreen(166) >= 3, String(onScreen(166)));
  });

  it("makes rows whole pixels high, so that lanes are not striped", () => {
    const lanes = twoLayers.map((each) => ({ ...each, units: 20 }));
    for (let height = 300; height < 900; height += 50) {
      for (const box of layoutUnrolled(request({ lanes, height })).boxes) {
        assert.ok(Number.isInteger(box.height / 20));
      }
    }
  });

  it("keeps 20,000 steps inside the plot", () => {
    const layout = layoutUnrolled(request({ steps: [0, 20_000] }));
    assert.ok(layout.columnWidth < 1);
    assert.ok(layout.finalLeft + layout.finalWidth <= layout.width);
  });

  it("makes h_n as wide as a step where numbers are printed", () => {
    const layout = layoutUnrolled(request());
    assert.equal(layout.finalWidth, layout.columnWidth);
    assert.ok(layout.finalLeft + layout.finalWidth <= layout.width);
  });

  it("collapses a lane that the reference does not have, and gives its room to the others", () => {
    const ours = layoutUnrolled(request({ height: 420 }));
    for (const mode of ["delta", "reference"] as const) {
      const layout = layoutUnrolled(request({ height: 420, mode }));
      for (const id of ["layer0.forward", "layer0.reverse"] as const) {
        assert.equal(placed(layout, id).height, 24);
        assert.deepEqual(
          placed(layout, id).bands.map(({ side }) => side),
          [null],
        );
      }
      assert.ok(placed(layout, "layer1.forward").height > placed(ours, "layer1.forward").height);
      assert.ok(placed(layout, "input").height > 24);
    }
  });

  it("leaves lanes with values the height where one that has nothing to show needs less", () => {
    const lanes = twoLayers.map((each) => ({ ...each, units: each.units * 4 }));
    const layout = layoutUnrolled(request({ lanes, height: 303, mode: "delta" }));
    const heightOf = (id: LaneInfo["id"]): number => placed(layout, id).height;
    assert.ok(layout.contentHeight <= 303, String(layout.contentHeight));
    assert.equal(heightOf("layer1.forward"), 24);
    assert.ok(heightOf("layer0.forward") < heightOf("input"));
  });

  it("splits a lane in two side by side only where there is a reference", () => {
    const layout = layoutUnrolled(request({ mode: "sideBySide" }));
    const bands = boxOf(layout, "layer1.forward")?.bands ?? [];
    assert.deepEqual(
      bands.map((band) => band.side),
      ["ours", "reference"],
    );
    const [ours, reference] = bands;
    assert.ok(ours !== undefined && reference !== undefined);
    assert.ok(reference.top > ours.top + ours.height);
    assert.deepEqual(
      boxOf(layout, "layer0.forward")?.bands.map((band) => band.side),
      ["ours"],
    );
  });

  it("gives the height side by side to lanes that are compared, alike where they have as many units", () => {
    const lanes = twoLayers.map((each) => ({ ...each, units: each.units * 4 }));
    const heightOf = (height: number, id: LaneInfo["id"]): number => {
      const box = placed(layoutUnrolled(request({ lanes, height, mode: "sideBySide" })), id);
      return box.bands[0]?.height ?? 0;
    };
    for (let height = 400; height < 900; height += 50) {
      const compared = heightOf(height, "layer1.forward");
      assert.equal(heightOf(height, "layer1.reverse"), compared);
      assert.ok(Number.isInteger(compared / 12));
      assert.ok(compared >= heightOf(height, "layer0.forward"), String(height));
      const { contentHeight } = layoutUnrolled(request({ lanes, height, mode: "sideBySide" }));
      if (height >= 500) assert.ok(height - contentHeight < 2 * 24, `${height - contentHeight}`);
    }
  });

  it("makes lanes lower where some would be off screen", () => {
    const lanes = twoLayers.map((each) => ({ ...each, units: each.units * 4 }));
    const nearly = layoutUnrolled(request({ lanes, height: 275, mode: "delta" }));
    assert.ok(nearly.contentHeight <= 275, String(nearly.contentHeight));
    assert.equal(placed(nearly, "layer1.forward").height, 12);
  });
});

describe("sidesOf", () => {
  it("shows the input in every mode and nothing where a reference is missing", () => {
    assert.deepEqual(sidesOf(lane("input", 2, "none"), "delta"), ["ours"]);
    assert.deepEqual(sidesOf(lane("layer0.forward", 3, "none"), "delta"), [null]);
    assert.deepEqual(sidesOf(lane("layer0.forward", 3, "none"), "reference"), [null]);
    assert.deepEqual(sidesOf(lane("output", 3), "delta"), ["delta"]);
  });
});

describe("hitTest", () => {
  it("finds the cell under a point, and the point of a cell again", () => {
    const layout = layoutUnrolled(request());
    const box = placed(layout, "layer1.reverse");
    const [band] = box.bands;
    assert.ok(band !== undefined);
    for (const step of [0, 1, 2]) {
      for (const unit of [0, 1, 2]) {
        const y = unitY(band, 3, unit) + band.height / 6;
        const hit = hitTest(layout, stepX(layout, step) + 1, y);
        assert.deepEqual(
          [hit?.area, hit?.info.id, hit?.step, hit?.unit],
          ["cell", "layer1.reverse", step, unit],
        );
      }
    }
  });

  it("finds the slot of h_n, and nothing in gaps, labels and beside the output", () => {
    const layout = layoutUnrolled(request());
    const box = placed(layout, "layer0.forward");
    const x = layout.finalLeft + 2;
    assert.deepEqual(
      [hitTest(layout, x, box.top + 1)?.area, hitTest(layout, x, box.top + 1)?.unit],
      ["final", 0],
    );
    assert.equal(hitTest(layout, x, placed(layout, "output").top + 1), null);
    assert.equal(hitTest(layout, layout.plotLeft - 4, box.top + 1), null);
    assert.equal(hitTest(layout, layout.plotLeft + 4, box.top + box.height + 2), null);
  });

  it("finds the side of an h_n that is two, each with all of its units", () => {
    const known = { ...lane("layer0.forward", 4, "none"), outsideOfFinal: 2 };
    const layout = layoutUnrolled(request({ lanes: [known], mode: "sideBySide" }));
    const { top, height } = placed(layout, "layer0.forward");
    const at = (share: number, x = layout.finalLeft + 2): unknown => {
      const hit = hitTest(layout, x, top + share * height);
      return hit && [hit.side, hit.unit];
    };
    assert.deepEqual(
      [at(0.01), at(0.45)],
      [
        ["ours", 0],
        ["ours", 3],
      ],
    );
    assert.equal(at(0.5), null);
    assert.deepEqual(
      [at(0.55), at(0.99)],
      [
        ["reference", 0],
        ["reference", 3],
      ],
    );
    assert.deepEqual(at(0.99, layout.plotLeft + 1), ["ours", 3]);
  });

  it("counts steps from the first one on screen", () => {
    const layout = layoutUnrolled(request({ steps: [100.5, 140.5] }));
    const box = placed(layout, "input");
    const hit = hitTest(layout, layout.plotLeft + 0.6 * layout.columnWidth, box.top + 1);
    assert.equal(hit?.step, 101);
    assert.equal(stepAt(layout, stepX(layout, 120)), 120);
  });
});

describe("scrollToReveal", () => {
  const layout = layoutUnrolled(request());
  const box = placed(layout, "layer0.forward");

  it("stays where the lane is on screen", () => {
    assert.equal(scrollToReveal(box, 0, { top: box.top - 100, height: 700 }), box.top - 100);
  });

  it("shows a lane above and one below the screen", () => {
    const up = scrollToReveal(box, 0, { top: box.top + 10, height: 400 });
    assert.ok(up < box.top);
    const down = scrollToReveal(box, 0, { top: 0, height: 220 });
    assert.ok(down + 220 > box.top + box.height);
  });

  it("shows the unit of a lane that is higher than the screen", () => {
    const room = { top: 0, height: 120 };
    const last = scrollToReveal(box, 2, room);
    const y = unitY(box.bands[0] ?? box, 3, 2);
    assert.ok(last <= y && y < last + room.height);
  });
});
