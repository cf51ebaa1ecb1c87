/** The error of a reference over time: where it is made, and where it is only carried on. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../../src/cli/flags/runSource";
import { noControl } from "../../../../src/core/control";
import { FileSet } from "../../../../src/node/files";
import type { ResidualCurve } from "../../../../src/protocol/run/curveMessages";
import { openSession } from "../../../../src/session/openSession";
import { present } from "../../support/present";

async function curveOf(
  folder: string,
  name: string,
  steps = { from: 0, to: Infinity },
): Promise<ResidualCurve> {
  const files = new FileSet();
  try {
    const flags = { options: {}, tolerance: {} };
    const { spec } = await readRun(join(folder, `${name}.unroll.json`), flags, ".");
    const options = { revision: 1, runFile: null, control: noControl };
    const session = await openSession(spec, files, options);
    const request = {
      ...({ layer: 0, direction: "forward", batch: 0, maxColumns: 1000 } as const),
      ...steps,
    };
    return present(session.residuals(request, noControl));
  } finally {
    await files.close();
  }
}

/** Steps whose own error is no rounding. */
function madeAt({ made, floor }: ResidualCurve): number[] {
  return [...made.keys()].filter((step) => (made[step] ?? 0) > (floor[step] ?? 0));
}

const chaos = join("test", "fixtures", "chaos");

describe("residuals of a reference", () => {
  for (const cell of ["rnn", "gru", "lstm"]) {
    it(`${cell}: nothing is made where the reference is right, though differences are carried`, async () => {
      const curve = await curveOf(chaos, `${cell}_right`);
      assert.deepEqual(madeAt(curve), []);
      assert.ok(Math.max(...curve.carried) > 1e-3);
    });

    it(`${cell}: an error is made at one step, and travels from there on`, async () => {
      const curve = await curveOf(chaos, `${cell}_early`);
      // c of an LSTM is known through tanh, which cannot be inverted where it is too flat: an error in c then shows one step later as well.
      assert.equal(madeAt(curve)[0], 3);
      assert.ok(madeAt(curve).length <= 2, String(madeAt(curve)));
      assert.ok((curve.carried[60] ?? 0) > 0.1);
    });
  }

  for (const name of ["rnn_late", "gru_late", "lstm_late"]) {
    it(`${name}: has the same numbers of some steps as of all`, async () => {
      const [all, some] = [
        await curveOf(chaos, name),
        await curveOf(chaos, name, { from: 70, to: 90 }),
      ];
      for (const curve of ["carried", "made", "floor"] as const) {
        assert.deepEqual([...some[curve]], [...all[curve].subarray(70, 90)], curve);
      }
    });
  }

  it("has as many columns as it is asked for, the largest of their steps in each", async () => {
    const curve = await curveOf(chaos, "rnn_late");
    assert.equal(curve.made.length, 100);
  });
});
