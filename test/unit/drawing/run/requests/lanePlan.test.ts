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

  it("asks for logits of one step as one window", () => {
    const [logits] = plan([{ ...lane("logits"), isFinal: true }]);
    assert.equal(logits?.steps, null);
    assert.ok(logits.final !== null && logits.final !== "absent" && logits.final.kind === "window");
    assert.equal(logits.final.request.stepEnd, 1);
  });
});
