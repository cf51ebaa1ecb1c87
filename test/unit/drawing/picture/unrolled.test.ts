/** The exported picture has what the view shows: its range, its lanes and its zoom. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { PICTURE_THEMES } from "../../../../src/drawing/picture/theme";
import { unrolledPicture, type PictureRequest } from "../../../../src/drawing/picture/unrolled";
import type { RunView } from "../../../../src/protocol/run/messages";
import { encodePng } from "../../../../src/node/png";
import { goldenCases, type ForwardCase } from "../../support/goldens";
import { openCase } from "../../support/memory";

const cases = goldenCases("forward.json") as readonly ForwardCase[];
const deep = cases.find(({ name }) => name === "batch first, two directions");

async function drawn(
  changes: Partial<PictureRequest>,
  changed: (view: RunView) => RunView = (view) => view,
  groups?: [number, number][],
): Promise<string> {
  assert.ok(deep !== undefined);
  const session = await openCase(deep);
  if (groups !== undefined) {
    const { units = 0 } = session.view.lanes.find(({ layer }) => layer !== null) ?? {};
    session.unitOrder = ({ lane }) => {
      const rows = lane === "output" ? 2 * units : units;
      return {
        units: Uint32Array.from({ length: rows }, (_, at) => at),
        groups,
        active: [],
        spans: [],
      };
    };
  }
  const request: PictureRequest = {
    ...{ mode: "ours", stateName: "h", batch: 0, steps: null, range: "auto" },
    ...{ width: 900, height: 500, theme: PICTURE_THEMES.light },
    ...changes,
  };
  const say = (sentence: Parameters<typeof renderText>[0]): string => renderText(sentence);
  return unrolledPicture(changed(session.view), session, request, { encodePng, say });
}

const heightOf = (svg: string): number => Number(/^<svg [^>]*? height="([\d.]+)"/.exec(svg)?.[1]);

describe("the picture of the unrolled view", () => {
  it("has the range that was chosen, with the distribution above its colours", async () => {
    const svg = await drawn({ range: 0.25 });
    assert.match(svg, />≥ \+0\.25<\/text>/);
    assert.match(await drawn({ range: "lane" }), />each lane −/);
    const [even, symlog] = [await drawn({}), await drawn({ curve: "symlog" })];
    assert.notEqual(even, symlog);
    assert.equal(
      even.replace(/rgb\([^)]*\)/g, ""),
      (await drawn({ range: "auto" })).replace(/rgb\([^)]*\)/g, ""),
    );
  });

  it("leaves out hidden lanes, and draws nothing of folded ones but their name", async () => {
    const lanes = { hidden: ["input"], collapsed: ["output"], order: "dependency" } as const;
    const svg = await drawn({ lanes });
    assert.doesNotMatch(svg, />input x<\/text>/);
    assert.match(svg, />output<\/text>/);
    assert.ok(svg.length < (await drawn({})).length);
  });

  it("has the part of zoomed lanes that was on screen, no higher than the view", async () => {
    const whole = await drawn({});
    const zoomed = await drawn({ rows: { zoom: 4, lane: "layer0.reverse", share: 0.25 } });
    assert.match(zoomed, /viewBox="0 \d/);
    assert.ok(heightOf(zoomed) <= heightOf(whole) + 60);
    assert.match(zoomed, />layer 0 ←<\/text>/);
    assert.doesNotMatch(zoomed, />output<\/text>/);
  });

  it("has differences as they are measured, in colours up to the largest of them", async () => {
    const [by, ulp] = [
      await drawn({ mode: "delta" }),
      await drawn({ mode: "delta", deltaAs: "ulp" }),
    ];
    assert.match(by, />Δ = ours − reference<|· {2}Δ = ours − reference/);
    assert.match(ulp, /Δ in ulp, near zero as at [\de.-]+/);
    assert.match(ulp, />Δ ulp<\/text>/);
    assert.match(ulp, />\+[\d.]+<\/text>/);
    assert.notEqual(by.replace(/rgb/g, ""), ulp.replace(/rgb/g, ""));
  });

  it("says the share of what is outside where the number of values would be cut", async () => {
    const withCounts = (outside: number, total: number): Promise<string> =>
      drawn({ mode: "delta", height: 900 }, (view) => ({
        ...view,
        lanes: view.lanes.map((lane) => ({
          ...{ ...lane, outside, total },
          ...{ outsideOfRow: [], reference: "full" },
        })),
      }));
    assert.match(await withCounts(1234, 5678), />✗ 1,234 of 5,678</);
    assert.match(await withCounts(20_458_613, 20_480_000), />✗ 99\.9 % of all</);
  });

  it("has the units of layers as they are sorted, with their numbers", async () => {
    const sorted = await drawn({ units: { by: "likeness", lane: "layer0.forward", unit: 1 } });
    const plain = await drawn({});
    assert.notEqual(sorted, plain);
    assert.equal(sorted.length, plain.length);
  });

  it("has numbers and sizes of groups where single units have no room for theirs", async () => {
    const units = { by: "clusters" } as const;
    const svg = await drawn({ units, height: 420 }, undefined, [
      [0, 2],
      [2, 3],
    ]);
    assert.match(svg, />group<\/text>/);
    assert.match(svg, />· 2 units<\/text>/);
  });

  it("has no heading where that is said beside it", async () => {
    const [whole, bare] = [await drawn({}), await drawn({ isBare: true })];
    assert.match(whole, /<text[^>]*>[^<]* T \d+, B \d+/);
    assert.doesNotMatch(bare, /<text[^>]*>[^<]*(T \d+, B \d+|✓ output)/);
    assert.match(bare, /<title>/);
    assert.ok(heightOf(bare) < heightOf(whole) - 30);
  });

  it("has numbers of the units beside its lanes", async () => {
    assert.match(await drawn({}), />unit<\/text>/);
  });
});
