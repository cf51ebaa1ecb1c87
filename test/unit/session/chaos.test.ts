/** Chaotic runs, recurrent weights times 8 and more: how far they are judged, and by what. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl } from "../../../src/core/control";
import { FileSet } from "../../../src/node/files";
import { openSession } from "../../../src/session/openSession";
import type { Session } from "../../../src/session/session";

const folder = join("test", "fixtures", "chaos");

async function withRun<Result>(
  name: string,
  use: (session: Session) => Promise<Result> | Result,
): Promise<Result> {
  const files = new FileSet();
  try {
    const { spec } = await readRun(
      join(folder, `${name}.unroll.json`),
      { options: {}, tolerance: {} },
      ".",
    );
    const options = { revision: 1, runFile: null, control: noControl };
    const session = await openSession(spec, files, options);
    try {
      return await use(session);
    } finally {
      session.dispose();
    }
  } finally {
    await files.close();
  }
}

function verdictOf({ view }: Session, name: string): string | undefined {
  return view.verdicts.find((verdict) => verdict.name === name)?.verdict;
}

describe("a chaotic run", () => {
  for (const cell of ["rnn", "lstm", "gru"]) {
    it(`${cell}: says from which step on it cannot be judged, and how fast differences grow`, () =>
      withRun(`${cell}_right`, ({ view }) => {
        const { chaos } = view;
        assert.ok(chaos !== null);
        assert.ok(chaos.processing > 10 && chaos.processing < 60, String(chaos.processing));
        assert.ok(chaos.exponent > 0.1 && chaos.exponent < 1, String(chaos.exponent));
      }));

    it(`${cell}: passes where the reference is right, later steps by its own states`, () =>
      withRun(`${cell}_right`, (session) => {
        assert.equal(verdictOf(session, "output"), "rounding");
        assert.equal(verdictOf(session, "h_n"), "rounding");
        assert.equal(session.view.firstDivergence, null);
      }));

    it(`${cell}: finds an error that was made early where it was made`, () =>
      withRun(`${cell}_early`, (session) => {
        assert.equal(verdictOf(session, "output"), "differs");
        assert.equal(session.view.firstDivergence?.first?.step, 3);
      }));

    it(`${cell}: finds an error that was made late, past the horizon`, () =>
      withRun(`${cell}_late`, (session) => {
        assert.equal(verdictOf(session, "output"), "differs");
        assert.equal(session.view.firstDivergence?.first?.step, 80);
      }));

    it(`${cell}: is explained by its first steps, and no mistake is claimed`, () =>
      withRun(`${cell}_late`, async (session) => {
        const { findings, lookedAt } = await session.diagnose(noControl);
        assert.deepEqual(findings, []);
        const steps = lookedAt?.steps ?? 0;
        assert.ok(steps > 0 && steps < 60, String(steps));
      }));
  }

  it("claims nothing of c_n, which no step of the reference tells", () =>
    withRun("lstm_right", (session) => {
      assert.equal(verdictOf(session, "c_n"), "cannot-compare");
    }));
});
