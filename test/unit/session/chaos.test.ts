/** Chaotic runs, recurrent weights times 8 and more: how far they are judged, and by what. */
import { renderText } from "../../../src/core/text";
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

    it(`${cell}: says of lanes and numbers that steps are judged, not differences`, () =>
      withRun(`${cell}_right`, async (session) => {
        const judged = new Map(session.view.lanes.map(({ id, byStep }) => [id, byStep]));
        assert.deepEqual([judged.get("output"), judged.get("input")], ["all", undefined]);
        const [output] = await session.numbers(noControl);
        const bounds = output?.figures.flatMap(({ id, threshold }) =>
          threshold === null ? [] : [id],
        );
        assert.deepEqual([bounds, output?.largest?.allowed], [["outside"], "NaN"]);
      }));

    it(`${cell}: counts in its numbers what is wrong by its own step`, () =>
      withRun(`${cell}_late`, async (session) => {
        const [output] = await session.numbers(noControl);
        const outside = output?.figures.find(({ id }) => id === "outside")?.value;
        const { verdicts } = session.view;
        assert.equal(outside, verdicts.find(({ name }) => name === "output")?.outside);
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

describe("a chaotic run whose reference has states and gates", () => {
  for (const [cell, gate] of [
    ["rnn", "h"],
    ["lstm", "f"],
    ["gru", "z"],
  ] as const) {
    it(`${cell}: passes where it is right, every value judged`, () =>
      withRun(`${cell}_states_right`, ({ view }) => {
        const states = view.verdicts.find(({ name }) => name === "states");
        assert.equal(states?.verdict, "rounding");
        assert.match(states.sentence.template, /^\{0\} agrees: /);
        const said = renderText(states.sentence).replaceAll(",", "");
        const [judged = 0, total = 0, byStep = 0] = (said.match(/\d+/g) ?? []).map(Number);
        assert.ok(byStep > 0.3 * total, String(byStep));
        assert.equal(judged + byStep, total);
        assert.equal(view.verdicts.find(({ name }) => name === "h_n")?.verdict, "rounding");
        assert.equal(view.firstDivergence, null);
      }));

    for (const [name, step] of [
      ["early", 3],
      ["late", 80],
    ] as const) {
      it(`${cell}: finds the unit of a gate that is wrong ${name}, and that alone`, () =>
        withRun(`${cell}_states_${name}`, ({ view }) => {
          const found = view.firstDivergence;
          const place = { layer: 1, direction: "forward", step, batch: 1, unit: 3 };
          assert.deepEqual([found?.first, found?.quantity], [place, gate]);
          assert.equal(found?.isClean, true);
        }));
    }

    it(`${cell}: counts and marks what is wrong by its own step, and no more`, () =>
      withRun(`${cell}_states_late`, (session) => {
        const lane = session.view.lanes.find(({ id }) => id === "layer1.forward");
        assert.equal(lane?.outside, 1);
        assert.equal(session.view.lanes.find(({ id }) => id === "layer0.forward")?.outside, 0);
        const all = { stepStart: 0, stepEnd: 100, unitStart: 0, unitEnd: 16 };
        const size = { maxColumns: 100, maxRows: 16 };
        const shown = session.window({
          ...{ lane: "layer1.forward", side: "delta", stateName: "h", batch: 1 },
          ...all,
          ...size,
        });
        const marked = [...shown.outside.keys()].filter((cell) => shown.outside[cell] === 1);
        assert.deepEqual(marked, [3 * 100 + 80]);
      }));
  }

  it("says of a unit whether its own step is right, of its gate too", () =>
    withRun("lstm_states_late", (session) => {
      const at = { layer: 1, direction: "forward", batch: 1, stateName: "h" } as const;
      const wrong = session.explain({ ...at, step: 80, unit: 3 });
      assert.equal(wrong.judgedAs, "wrong-by-step");
      const gates = wrong.gates.map(({ name }, index) => [name, wrong.gatesJudgedAs[index]]);
      assert.ok(gates.some(([name, judged]) => name === "f" && judged === "wrong-by-step"));
      const right = session.explain({ ...at, step: 80, unit: 4 });
      assert.equal(right.judgedAs, "right-by-step");
      assert.ok(right.gatesJudgedAs.every((judged) => judged === "right-by-step"));
      assert.equal(session.explain({ ...at, step: 1, unit: 3 }).judgedAs, "difference");
    }));

  it("judges c_n by the steps of c", () =>
    withRun("lstm_states_right", (session) => {
      assert.equal(verdictOf(session, "c_n"), "rounding");
    }));
});
