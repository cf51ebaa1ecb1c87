/** A run's first questions are those that the plan of its picture has: examples, opened as a worker opens them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { noControl } from "../../../../../src/core/control";
import { firstRequests } from "../../../../../src/drawing/run/requests/firstRequests";
import { ALL_LANES, shownLanes } from "../../../../../src/drawing/run/laneChoice";
import { planBands } from "../../../../../src/drawing/run/requests/lanePlan";
import { layoutUnrolled } from "../../../../../src/drawing/run/layout";
import { FileSet } from "../../../../../src/node/files";
import type { RunView } from "../../../../../src/protocol/run/messages";
import { parseRunFile } from "../../../../../src/run/spec/file";
import { mapFiles } from "../../../../../src/run/spec/spec";
import { openSession } from "../../../../../src/session/openSession";
import { root } from "../../../cli/terminal";

const MODES = {
  "lstm-two-directions": "ours",
  "gru-packed": "ours",
  "three-layers-batch-first": "ours",
  "text-classifier": "ours",
  differs: "delta",
} as const;

/** The windows that a picture of the whole run asks for, on a page of 1000 × 600 pixels. */
function windowsOfPicture(run: RunView, mode: "ours" | "delta"): string[] {
  const choice = { lanes: run.lanes, stateName: "h" } as const;
  const lanes = shownLanes(choice, run.lanes, ALL_LANES);
  const size = { width: 1000, height: 600 };
  const layout = layoutUnrolled({ ...size, lanes, mode, steps: [0, run.seqLength] });
  const screen = { scrollTop: 0, height: 1e6, dpr: 1 };
  const picture = { layout, view: run, mode, batch: 0 } as const;
  return planBands({ ...picture, ...screen, stateName: "h" })
    .flatMap(({ steps }) => (steps === null || steps === "absent" ? [] : steps.requests))
    .map((tile) => JSON.stringify({ ...tile, stateName: "h" }));
}

describe("firstRequests", () => {
  const files = new FileSet();
  after(() => files.close());

  async function viewOf(example: string): Promise<RunView> {
    const file = join(root, "examples", example, `${example}.unroll.json`);
    const { spec } = parseRunFile(readFileSync(file, "utf8"));
    assert.ok(spec !== null);
    const resolved = mapFiles(spec, (name) => join(dirname(file), name));
    const options = { revision: 1, runFile: null, control: noControl };
    const session = await openSession(resolved, files, options);
    session.dispose();
    return session.view;
  }

  for (const [example, mode] of Object.entries(MODES)) {
    it(`are those of the first picture of ${example}`, async () => {
      const view = await viewOf(example);
      const requests = firstRequests(view);
      const windows = requests
        .filter(({ method }) => method === "lane/window")
        .map(({ params }) => JSON.stringify(params));
      const planned = windowsOfPicture(view, mode);
      assert.ok(planned.length >= 3);
      assert.deepEqual(new Set(windows), new Set(planned));
      const others = requests.filter(({ method }) => method !== "lane/window");
      assert.deepEqual(
        others.map(({ method }) => method),
        ["finalStates/read", "unit/explain", "timeline/read"],
      );
    });
  }

  it("begin at the first divergence of a run that differs", async () => {
    const view = await viewOf("differs");
    const explained = firstRequests(view).find(({ method }) => method === "unit/explain");
    const { layer, direction, step, unit } = view.firstDivergence?.first ?? assert.fail();
    assert.deepEqual(explained?.params, {
      ...{ layer, direction, step, batch: 0, unit },
      stateName: "h",
    });
  });

  it("are none of a large run, whose windows depend on the page, and of one without values", async () => {
    const view = await viewOf("gru-packed");
    assert.deepEqual(firstRequests({ ...view, seqLength: 2000 }), []);
    assert.deepEqual(firstRequests({ ...view, lanes: [] }), []);
  });
});
