import assert from "node:assert/strict";
import { playPhases, playPoint } from "../../../../../../src/drawing/run/play/order";
import {
  paintPlay,
  type PlayScene,
} from "../../../../../../webview/run/unrolled/painters/playPainter";

interface Fill {
  readonly colour: string;
  readonly alpha: number;
  readonly at: readonly number[];
}

/** What is filled at a clock: a layer below its output, of four steps of 10 pixels. */
function fillsAt(clock: number, isCompared = false): Fill[] {
  const fills: Fill[] = [];
  const context = {
    fillStyle: "",
    globalAlpha: 1,
    fillRect(...at: number[]) {
      fills.push({ colour: this.fillStyle, alpha: this.globalAlpha, at });
    },
  };
  const box = (id: string, top: number, layer: number | null): object => ({
    info: { id, layer, direction: layer === null ? null : "forward" },
    ...{ top, height: 20, bands: [], finals: [] },
  });
  const config = { bidirectional: false, numLayers: 1 };
  const phases = playPhases(config);
  paintPlay({
    ...{ context, phases, clock, length: 4, point: playPoint(phases, clock) },
    layout: {
      ...{ plotLeft: 100, plotWidth: 40, columnWidth: 10, steps: [0, 4] },
      ...{ finalLeft: 200, finalWidth: 10, plotBottom: 60, width: 220 },
      boxes: [box("output", 0, null), box("layer0.forward", 30, 0)],
    },
    view: { config, seqLength: 4 },
    isCompared,
    ...{ turned: { lanes: new Set() }, scrollTop: 0, height: 100 },
    theme: { background: "black", quiet: "grey" },
  } as unknown as PlayScene);
  return fills;
}

/** The widths that are taken of columns of 30 pixels of the input while a reverse direction flips it, and while it runs. */
function columnsAt(kind: "flip" | "run"): number[] {
  const widths = new Set<number>();
  const nothing = (): void => undefined;
  const fields: Record<string, unknown> = {};
  const context = new Proxy(fields, {
    get: (of, name) => of[String(name)] ?? nothing,
    set: (of, name, value: unknown) => {
      of[String(name)] = value;
      return true;
    },
  });
  context["drawImage"] = (...[, , , width]: number[]) => widths.add(width ?? 0);
  const config = { bidirectional: true, numLayers: 1 };
  const phases = playPhases(config);
  const index = phases.findIndex(
    (each) => each.kind === kind && (kind === "flip" || each.direction === "reverse"),
  );
  const clock = index + 0.3;
  paintPlay({
    ...{ context, phases, clock, length: 3, point: playPoint(phases, clock), dpr: 1 },
    layout: {
      ...{ plotLeft: 100, plotWidth: 90, columnWidth: 30, steps: [0, 3], finalLeft: 200 },
      ...{ finalWidth: 30, plotBottom: 60, width: 240 },
      boxes: [
        {
          info: { id: "input", layer: null, direction: null },
          ...{ top: 30, height: 20, bands: [{ side: "ours" }], finals: [] },
        },
      ],
    },
    view: { config, seqLength: 3 },
    lanes: { height: 100 },
    ...{
      turned: { lanes: new Set() },
      scrollTop: 0,
      height: 100,
      theme: {},
      texts: { onAxis: [] },
    },
  } as unknown as PlayScene);
  return [...widths];
}

describe("paintPlay", () => {
  it("turns colours without the numbers in them, which are there again where they lie turned", () => {
    assert.deepEqual(columnsAt("flip"), [1]);
    assert.deepEqual(columnsAt("run"), [30]);
  });

  it("leaves nothing to be seen of what is still to come, of the output neither", () => {
    const fills = fillsAt(0.5);
    const covered = fills.filter(({ colour }) => colour === "black");
    assert.ok(covered.every(({ alpha }) => alpha === 1));
    // Three of four steps are there; h_n, which is the last one, is not.
    assert.deepEqual(
      covered.map(({ at }) => at),
      [
        [130, 0, 10, 20],
        [130, 30, 10, 20],
        [200, 30, 10, 20],
      ],
    );
  });

  it("leaves no mark of what is outside tolerance around it either", () => {
    const covered = fillsAt(0.5, true).filter(({ colour }) => colour === "black");
    assert.deepEqual(
      covered.map(({ at }) => at),
      [
        // Of its rows, then above it and on its other sides.
        [141, 0, 3, 20],
        [130, -5, 11, 26],
        [141, 30, 3, 20],
        [130, 25, 11, 26],
        [199, 25, 12, 26],
      ],
    );
  });

  it("covers nothing at the end", () => {
    assert.deepEqual([fillsAt(1), fillsAt(1, true)], [[], []]);
  });
});
