/** Every committed case of PyTorch, from every format it comes in, through the command line. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { decodeNumber } from "../../src/protocol/wire";
import { describeCase, fixtures, listCases, specOf, weightsOf, Workplace } from "./cases";
import { compareStates } from "./states";

/** The states, and the arithmetic they were computed in. */
const precisions = [
  ["states32.npz", "f32"],
  ["states64.npz", "f64"],
] as const;

const folders = listCases(join(fixtures, "cases"));

describe("cases of PyTorch", () => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  it("are all there", () => {
    assert.equal(folders.length, 33);
  });

  for (const folder of folders) {
    const description = describeCase(folder);
    const nonFinite = description.id.startsWith("nonfinite");

    for (const weights of weightsOf(folder)) {
      it(`${description.id} is equal or rounding only from ${weights}`, async () => {
        const spec = specOf(folder, weights);
        const tolerance = nonFinite ? { tolerance: { equalNan: true } } : {};
        const { code, error, verdicts } = await workplace.check("case", { ...spec, ...tolerance });
        assert.equal(error, undefined);
        for (const [name, { verdict, outside, referenceError }] of Object.entries(verdicts)) {
          assert.match(verdict, /^(equal|rounding)$/, `${name}: ${String(outside)} outside`);
          assert.notEqual(referenceError, null, name);
          assert.ok(nonFinite || Number.isFinite(decodeNumber(referenceError ?? "NaN")), name);
        }
        assert.deepEqual(Object.keys(verdicts).sort(), ["h_n", "output"]);
        assert.equal(code, 0);
      });
    }

    for (const [states, precision] of precisions) {
      if (!existsSync(join(folder, states))) continue;
      it(`${description.id} has the states of ${states} at every step`, async () => {
        const spec = specOf(folder, weightsOf(folder)[0] ?? "");
        const file = workplace.write("trace", { ...spec, options: { ...spec.options, precision } });
        const { code, stderr } = await workplace.unroll("run", file, "--out", "t.npz", "--trace");
        assert.ok(code < 2, stderr);
        const ours = await workplace.readAll("t.npz");
        const reference = await workplace.readAll(join(folder, states));
        compareStates(description, ours, reference);
      });
    }
  }
});
