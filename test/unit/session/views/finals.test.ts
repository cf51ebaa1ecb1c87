/** What is known of lanes of which the reference has the last state alone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../../src/cli/flags/runSource";
import { noControl } from "../../../../src/core/control";
import { shownRun } from "../../../../src/drawing/run/state";
import { FileSet } from "../../../../src/node/files";
import type { RunView } from "../../../../src/protocol/run/messages";
import { openSession } from "../../../../src/session/openSession";

async function viewOf(path: string): Promise<RunView> {
  const files = new FileSet();
  try {
    const { spec } = await readRun(path, { options: {}, tolerance: {} }, ".");
    const session = await openSession(spec, files, {
      ...{ revision: 1, runFile: null, control: noControl },
    });
    try {
      return session.view;
    } finally {
      session.dispose();
    }
  } finally {
    await files.close();
  }
}

function countsOf({ lanes }: RunView): Record<string, number | undefined> {
  return Object.fromEntries(lanes.map(({ id, outsideOfFinal }) => [id, outsideOfFinal]));
}

describe("the last state of a lane without steps in the reference", () => {
  it("agrees below what differs, and is not told of lanes that have their steps", async () => {
    const counts = countsOf(await viewOf(join("examples", "differs", "differs.unroll.json")));
    assert.deepEqual(counts, {
      ...{ input: undefined, output: undefined },
      ...{ "layer0.forward": 0, "layer0.reverse": 0 },
      ...{ "layer1.forward": undefined, "layer1.reverse": undefined },
    });
  });

  it("is told of a lane whose steps agree where it alone is off", async () => {
    const counts = countsOf(await viewOf(join("test", "fixtures", "mistakes", "s053.unroll.json")));
    assert.deepEqual(counts, {
      ...{ input: undefined, output: undefined },
      ...{ "layer0.forward": undefined, "layer0.reverse": 11 },
    });
  });

  it("is counted in all rows, of h and of c", async () => {
    const view = await viewOf(join("test", "fixtures", "mistakes", "s010.unroll.json"));
    const cells = countsOf(shownRun(view, "c"));
    assert.deepEqual(cells, {
      ...{ input: undefined, output: undefined },
      ...{ "layer0.forward": 0, "layer0.reverse": 0 },
      ...{ "layer1.forward": 15, "layer1.reverse": 15 },
    });
    assert.equal(view.verdicts.find(({ name }) => name === "c_n")?.outside, 30);
    assert.equal(countsOf(view)["layer1.forward"], undefined);
  });
});
