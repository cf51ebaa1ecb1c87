import assert from "node:assert/strict";
import { colourScale, parseColour } from "../../../../../../src/drawing/base/colourScale";
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

/** The inks of the numbers of a row of differences, wide enough for all of them. */
function inksOf(values: readonly number[], outside: readonly number[]): string[] {
  const inks: string[] = [];
  const ignore = (): void => undefined;
  const context = {
    ...{ fillStyle: "", font: "", drawImage: ignore, save: ignore, restore: ignore },
    ...{ fillRect: ignore, beginPath: ignore, stroke: ignore, strokeText: ignore },
    measureText: () => ({ width: 6 }),
    fillText() {
      inks.push(this.fillStyle);
    },
  };
  const columns = values.length;
  const image = { colours: {}, outside: null, padding: null, irregular: [], runs: [] };
  const theme = { muted: "#9d9d9d", background: "#1f1f1f" };
  const scene = {
    ...{ context, theme, dpr: 1, scrollTop: 0 },
    images: { imageOf: () => image },
  } as unknown as Scene;
  const data: WindowData = {
    ...{ rows: 1, columns, values: Float32Array.from(values) },
    ...{ outside: Uint8Array.from(outside), valid: new Uint8Array(columns).fill(1) },
  };
  const at = { x: 0, y: 0, width: 60 * columns, height: 20 };
  const scale = colourScale("RdBu", parseColour(theme.background), 6e-8);
  paintWindow(scene, data, at, { scale, isDelta: true, isExact: true, clip: at });
  return inks;
}

describe("paintWindow", () => {
  it("writes differences within tolerance in one quiet ink, whatever their colour would be", () => {
    const [small, larger, loud] = inksOf([3.7e-9, 6e-8, 6e-8], [0, 0, 1]);
    assert.deepEqual([small, larger], ["#9d9d9d", "#9d9d9d"]);
    assert.notEqual(loud, "#9d9d9d");
  });

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
