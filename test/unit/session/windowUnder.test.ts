/** A lane beside the run under a mistake: the values are those of a run that is opened under it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { noControl } from "../../../src/core/control";
import { CancelledError, NotFoundError } from "../../../src/core/errors";
import { FileSet } from "../../../src/node/files";
import type { WindowRequest } from "../../../src/protocol/run/windowMessages";
import { openSession } from "../../../src/session/openSession";
import type { Session } from "../../../src/session/session";
import { fixtures } from "../support/goldens";

const request: WindowRequest = {
  ...{ lane: "layer0.forward", stateName: "h", side: "reference", batch: 0 },
  ...{ stepStart: 0, stepEnd: 1e9, unitStart: 0, unitEnd: 1e9, maxColumns: 1e9, maxRows: 1e9 },
};

describe("a window under mistakes", () => {
  const folder = join(fixtures, "cases", "lstm-1l");
  const files = new FileSet();
  const opened: Session[] = [];
  after(async () => {
    for (const session of opened) session.dispose();
    await files.close();
  });

  async function sessionUnder(...under: readonly string[]): Promise<Session> {
    const spec = {
      weights: { file: join(folder, "weights.npz") },
      input: `${join(folder, "io.npz")}#input`,
    };
    const options = { revision: 1, runFile: null, control: noControl, under };
    const session = await openSession(spec, files, options);
    opened.push(session);
    return session;
  }

  for (const stateName of ["h", "c"] as const) {
    it(`has ${stateName} as the run under them`, async () => {
      const session = await sessionUnder();
      for (const id of ["gates/iofg", "lstm/forget-gate-missing", "gates/iofg"]) {
        const asked = { ...request, stateName };
        const found = await session.windowUnder({ ...asked, under: [id] }, noControl);
        const shown = (await sessionUnder(id)).window({ ...asked, side: "ours" });
        assert.ok(found.values.length > 0);
        assert.deepEqual(found.values, shown.values);
        const own = session.window({ ...asked, side: "ours" });
        assert.notDeepEqual(found.values, own.values);
        assert.ok(found.outside.includes(1));
        const ours = { ...asked, side: "ours", under: [id] } as const;
        assert.deepEqual((await session.windowUnder(ours, noControl)).values, own.values);
      }
    });
  }

  it("is that of the run for lanes that are of no layer, and under no mistake", async () => {
    const session = await sessionUnder();
    const input = { ...request, lane: "input", side: "ours" } as const;
    const under = await session.windowUnder({ ...input, under: ["gates/iofg"] }, noControl);
    assert.deepEqual(under, session.window(input));
    const ours = { ...request, side: "ours" } as const;
    assert.deepEqual(
      (await session.windowUnder(ours, noControl)).values,
      session.window(ours).values,
    );
  });

  it("is computed again after it was cancelled", async () => {
    const session = await sessionUnder();
    const asked = { ...request, under: ["gates/iofg"] };
    const cancelled = {
      report: () => undefined,
      check: () => {
        throw new CancelledError();
      },
    };
    await assert.rejects(session.windowUnder(asked, cancelled), CancelledError);
    assert.ok((await session.windowUnder(asked, noControl)).values.length > 0);
  });

  it("names a lane that is not there", async () => {
    const session = await sessionUnder();
    const asked = { ...request, lane: "layer7.forward", under: ["gates/iofg"] } as const;
    await assert.rejects(session.windowUnder(asked, noControl), NotFoundError);
  });
});
