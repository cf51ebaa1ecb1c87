import assert from "node:assert/strict";
import type { WindowData } from "../../../../../../src/protocol/run/windowMessages";
import type { Scene } from "../../../../../../webview/run/unrolled/painters/scene";
import {
  paintWindow,
  type WindowStyle,
} from "../../../../../../webview/run/unrolled/painters/windowPainter";

/** How cells are veiled: the way of composing, the colour, and where. */
type Veil = readonly [how: string, colour: string, ...at: readonly number[]];

/** What is veiled of a window of 3 pixels a cell, at 10, 20; the mask of what is outside is null where all agrees. */
function veilsOf(outside: object | null, isVeiled: boolean): Veil[] {
  const veils: Veil[] = [];
  const ignore = (): void => undefined;
  const brush = {
    ...{ fillStyle: "", globalCompositeOperation: "" },
    ...{ save: ignore, restore: ignore, clearRect: ignore, drawImage: ignore },
    fillRect(...at: number[]) {
      veils.push([this.globalCompositeOperation, this.fillStyle, ...at]);
    },
  };
  const context = {
    ...{ fillStyle: "", drawImage: ignore, save: ignore, restore: ignore, setTransform: ignore },
    fillRect(...at: number[]) {
      veils.push(["source-over", this.fillStyle, ...at]);
    },
  };
  const image = { colours: {}, outside, padding: null, irregular: [], runs: [] };
  const scene = {
    ...{ context, dpr: 1, scrollTop: 0, scratch: { getContext: () => brush } },
    ...{ theme: { veil: "veil", background: "black" }, images: { imageOf: () => image } },
  } as unknown as Scene;
  const data = { rows: 2, columns: 4 } as WindowData;
  const at = { x: 10, y: 20, width: 12, height: 6 };
  // Another tile of the lane stands beside this one.
  const clip = { ...at, width: 24 };
  const style = { isDelta: false, isExact: false, isVeiled, clip } as unknown as WindowStyle;
  paintWindow(scene, data, at, style);
  return veils;
}

describe("paintWindow", () => {
  it("lets what agrees step back beside the reference, in its own cells and nowhere else", () => {
    assert.deepEqual(veilsOf({}, true), [["source-out", "veil", 10, 20, 12, 6]]);
  });

  it("veils all of a window that agrees, in a lane that differs elsewhere", () => {
    assert.deepEqual(veilsOf(null, true), [["source-over", "veil", 10, 20, 12, 6]]);
  });

  it("veils nothing of a side alone", () => {
    assert.deepEqual(veilsOf({}, false), []);
    assert.deepEqual(veilsOf(null, false), []);
  });
});
