import assert from "node:assert/strict";
import type { LaneInfo, RunView } from "../../../../../src/protocol/run/messages";
import { layoutUnrolled } from "../../../../../src/drawing/run/layout";
import {
  planBands,
  type BandPlan,
  type PlanRequest,
} from "../../../../../src/drawing/run/requests/lanePlan";

function lane(id: LaneInfo["id"], reference: LaneInfo["reference"] = "full"): LaneInfo {
  const layer = id.startsWith("layer") ? 0 : null;
  return {
    id,
    layer,
    direction: layer === null ? null : "forward",
    units: 4,
    reference,
    outside: 0,
    total: 0,
    range: [-1, 1],
    deltaRange: [0, 0],
    cell: null,
  };
}

function plan(lanes: readonly LaneInfo[], changes: Partial<PlanRequest> = {}): BandPlan[] {
  const mode = changes.mode ?? "ours";
  const layout = layoutUnrolled({ width: 900, height: 600, lanes, mode, steps: [0, 1000] });
  const config = { numLayers: 1, bidirectional: false };
  const view = { config, seqLength: 1000, verdicts: [] } as unknown as RunView;
  return planBands({
    layout,
    view,
    mode,
    stateName: "h",
    batch: 1,
    dpr: 1,
    scrollTop: 0,
    height: 600,
    ...changes,
  });
}

function sideOfFinal({ final }: BandPlan): string | null {
  return final === null || final === "absent" ? null : final.side;
}

describe("planBands", () => {
  it("asks for the tiles of the steps and for the slot of a layer", () => {
    const [output, layer] = plan([lane("layer0.forward"), lane("output")]);
    assert.ok(layer !== undefined && layer.steps !== null && layer.steps !== "absent");
    assert.ok(layer.steps.requests.length >= 1);
    assert.ok(layer.steps.requests.every(({ batch, side }) => batch === 1 && side === "ours"));
    assert.ok(layer.final !== null && layer.final !== "absent" && layer.final.kind === "slot");
    assert.equal(layer.final.slot, 0);
    assert.equal(output?.final, null);
  });

  it("asks for differences as they are measured, and keeps them apart from others", () => {
    const shown = [lane("layer0.forward", "full")];
    const [by] = plan(shown, { mode: "delta" });
    const [ulp] = plan(shown, { mode: "delta", deltaAs: "ulp" });
    const [ours] = plan(shown, { deltaAs: "ulp" });
    assert.ok(by?.steps !== "absent" && ulp?.steps !== "absent" && ours?.steps !== "absent");
    assert.deepEqual(
      [by, ulp, ours].map((one) => one?.steps !== "absent" && one?.steps?.requests[0]?.as),
      [undefined, "ulp", undefined],
    );
    assert.notEqual(by?.steps?.place, ulp?.steps?.place);
  });

  it("plans nothing that is scrolled out of sight", () => {
    assert.deepEqual(plan([lane("layer0.forward")], { scrollTop: 5000 }), []);
  });

  it("tells what the reference does not have", () => {
    const [layer] = plan([lane("layer0.forward", "none")], { mode: "delta" });
    assert.deepEqual([layer?.steps, layer?.final], ["absent", "absent"]);
  });

  it("has no differences of final states that cannot be compared", () => {
    const finalOf = (verdict: string): BandPlan["final"] | undefined => {
      const verdicts = [{ name: "h_n", verdict }];
      const config = { numLayers: 1, bidirectional: false };
      const view = { config, seqLength: 1000, verdicts } as unknown as RunView;
      return plan([lane("layer0.forward", "full")], { mode: "delta", view })[0]?.final;
    };
    assert.equal(finalOf("cannot-compare"), "absent");
    assert.notEqual(finalOf("differs"), "absent");
  });

  describe("of a lane whose h_n alone the reference has", () => {
    const verdicts = [{ name: "h_n", verdict: "differs" }];
    const config = { numLayers: 1, bidirectional: false };
    const view = { config, seqLength: 1000, verdicts } as unknown as RunView;
    const none = lane("layer0.forward", "none");
    const known = { ...none, outsideOfFinal: 0 };

    it("has h_n of both sides beside the steps of ours, side by side", () => {
      const plans = plan([known], { mode: "sideBySide", view });
      assert.deepEqual(plans.map(sideOfFinal), [null, "ours", "reference"]);
      assert.deepEqual(
        plans.map(({ steps }) => steps !== null),
        [true, false, false],
      );
      const [whole, upper, lower] = plans.map(({ band }) => [band.top, band.top + band.height]);
      assert.deepEqual([upper?.[0], lower?.[1]], whole);
      assert.ok((upper?.[1] ?? NaN) < (lower?.[0] ?? NaN));
    });

    it("has one h_n in other modes, without a reference of it, and where the lane is folded", () => {
      const folded = { ...known, isFolded: true } as const;
      const mode = "sideBySide";
      assert.equal(plan([known], { mode: "ours", view }).length, 1);
      assert.deepEqual(plan([none], { mode, view }).map(sideOfFinal), ["ours"]);
      assert.deepEqual(plan([folded], { mode, view }).map(sideOfFinal), [null]);
    });
  });

  it("asks for logits of one step as one window", () => {
    const [logits] = plan([{ ...lane("logits"), isFinal: true }]);
    assert.equal(logits?.steps, null);
    assert.ok(logits.final !== null && logits.final !== "absent" && logits.final.kind === "window");
    assert.equal(logits.final.request.stepEnd, 1);
  });
});
