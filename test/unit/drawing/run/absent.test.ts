/** Why a lane has no values of a reference. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { absentReasons, lacksBelow } from "../../../../src/drawing/run/absent";
import type { LaneInfo, RunView } from "../../../../src/protocol/run/messages";

describe("absentReasons", () => {
  const lane = (id: LaneInfo["id"], layer: number | null): LaneInfo =>
    ({ id, layer, direction: layer === null ? null : "forward" }) as LaneInfo;
  const said = (
    found: readonly (readonly [name: string, shape: number[]])[],
    info: LaneInfo,
    verdict = "differs",
  ) => {
    const verdicts = found.map(([name, shape]) => ({
      name,
      verdict,
      found: shape,
      expected: [4, 24, 24],
    }));
    const view = { verdicts } as unknown as Pick<RunView, "verdicts">;
    return renderText(absentReasons(view, info, "h")[0]);
  };

  it("is another shape, where the reference has the result", () => {
    assert.equal(
      said([["output", [4, 23, 24]]], lane("output", null)),
      "the reference’s output is [4, 23, 24], here [4, 24, 24]",
    );
  });

  it("is another shape of the final states, where there are no steps", () => {
    assert.equal(
      said([["h_n", [4, 3]]], lane("layer0.forward", 0), "cannot-compare"),
      "the reference’s h_n is [4, 3], here [4, 24, 24]",
    );
  });

  it("is that final states alone are given, or nothing", () => {
    const layer = lane("layer0.forward", 0);
    assert.match(said([["h_n", [1]]], layer), /no steps of this lane, h_n alone/);
    assert.match(said([], layer), /nothing of this lane/);
    assert.match(said([["h_n", [1]]], lane("output", null)), /nothing of this lane/);
  });
});

describe("lacksBelow", () => {
  it("is true where a direction of the layer below has no steps in the reference", () => {
    const lane = (layer: number, reference: "full" | "none"): LaneInfo =>
      ({ layer, reference }) as LaneInfo;
    const lanes = [lane(0, "full"), lane(0, "none"), lane(1, "full"), lane(1, "full")];
    assert.deepEqual(
      [0, 1, 2].map((layer) => lacksBelow(lanes, layer)),
      [false, true, false],
    );
  });
});
