/** Values of the lanes that are still to come: until they are here, every picture has its lanes painted anew. */
import assert from "node:assert/strict";
import type { FinalPlan, StepsPlan } from "../../../../../../src/drawing/run/requests/lanePlan";
import type { WindowData } from "../../../../../../src/protocol/run/windowMessages";
import {
  isComplete,
  isVeiled,
  type BandData,
} from "../../../../../../webview/run/unrolled/painters/bandData";

const window: WindowData = {
  ...{ rows: 1, columns: 1, values: new Float32Array(1) },
  ...{ outside: new Uint8Array(1), valid: new Uint8Array(1) },
};
const request = {} as StepsPlan["requests"][number];
const steps: StepsPlan = { side: "ours", requests: [request, request], place: "layer0.forward" };
const slot: FinalPlan = { side: "ours", kind: "slot", slot: 0, rows: 1 };

function band(
  plan: {
    readonly steps: StepsPlan | "absent" | null;
    readonly final: FinalPlan | "absent" | null;
  },
  tiles: number,
  final?: WindowData,
): BandData {
  return {
    plan: { ...plan, box: {}, band: {} } as unknown as BandData["plan"],
    tiles: Array.from({ length: tiles }, () => ({ request, data: window })),
    still: [],
    final,
  };
}

describe("a picture of the lanes", () => {
  it("is complete with every tile and final state that it asks for", () => {
    assert.ok(isComplete([band({ steps, final: slot }, 2, window)]));
    assert.ok(!isComplete([band({ steps, final: slot }, 1, window)]));
    assert.ok(!isComplete([band({ steps, final: slot }, 2)]));
    assert.ok(!isComplete([band({ steps, final: null }, 2), band({ steps, final: null }, 0)]));
  });

  it("has what agrees step back beside the reference, in steps and h_n, where either differs", () => {
    const differs: WindowData = { ...window, outside: Uint8Array.of(1) };
    const beside = (bands: number, finals: number, { ...data }: BandData): BandData => {
      const box = { bands: Array(bands), finals: Array(finals) };
      return { ...data, plan: { ...data.plan, box } as unknown as BandData["plan"] };
    };
    const agrees = band({ steps, final: slot }, 2, window);
    const off = band({ steps, final: slot }, 2, differs);
    const isOff = { ...agrees, tiles: [{ request, data: differs }] };
    for (const shown of ["bands", "finals"] as const) {
      assert.ok(!isVeiled(beside(2, 2, agrees), shown));
      assert.ok(isVeiled(beside(2, 2, off), shown));
      assert.ok(isVeiled(beside(2, 2, isOff), shown));
      assert.ok(!isVeiled(beside(1, 1, isOff), shown));
    }
    // Of a lane whose last state alone is in the reference, the steps are ours.
    assert.deepEqual(
      [isVeiled(beside(1, 2, off), "bands"), isVeiled(beside(1, 2, off), "finals")],
      [false, true],
    );
  });

  it("waits for nothing that there is not", () => {
    assert.ok(isComplete([]));
    assert.ok(isComplete([band({ steps: "absent", final: "absent" }, 0)]));
    assert.ok(isComplete([band({ steps: null, final: null }, 0)]));
  });
});
