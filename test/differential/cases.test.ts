/** Every committed case of PyTorch, from every format it comes in, through the command line. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeNumber } from "../../src/protocol/wire";
import {
  describeCase,
  fixtures,
  listCases,
  modulesOf,
  specOf,
  weightsOf,
  Workplace,
} from "./cases";
import { compareStates, float64Tolerance } from "./states";

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

  it("are all there, each with the files that the index lists", () => {
    assert.equal(folders.length, 65);
    const index = JSON.parse(readFileSync(join(fixtures, "cases/index.json"), "utf8")) as {
      readonly id: string;
      readonly files: Readonly<Record<string, { readonly bytes: number }>>;
    }[];
    const listed = index.flatMap(({ id, files }) =>
      Object.entries(files).map(([name, { bytes }]) => `${id} ${name} ${bytes}`),
    );
    const found = folders.flatMap((folder) =>
      readdirSync(folder).map((name) => {
        const { size } = statSync(join(folder, name));
        return `${describeCase(folder).id} ${name} ${size}`;
      }),
    );
    assert.deepEqual(found.sort(), listed.sort());
  });

  for (const folder of folders) {
    const description = describeCase(folder);
    const nonFinite = description.id.startsWith("nonfinite");

    for (const given of modulesOf(description)) {
      for (const weights of weightsOf(folder)) {
        const name = `${description.id}${given.module === undefined ? "" : ` ${given.module}`}`;
        it(`${name} is equal or rounding only from ${weights}`, async () => {
          const spec = specOf(folder, weights, given);
          const tolerance = nonFinite ? { tolerance: { equalNan: true } } : {};
          const checked = await workplace.check("case", { ...spec, ...tolerance });
          const { code, error, verdicts } = checked;
          assert.equal(error, undefined);
          for (const [tensor, { verdict, outside, referenceError }] of Object.entries(verdicts)) {
            assert.match(verdict, /^(equal|rounding)$/, `${tensor}: ${String(outside)} outside`);
            assert.notEqual(referenceError, null, tensor);
            const isFinite = Number.isFinite(decodeNumber(referenceError ?? "NaN"));
            assert.ok(nonFinite || isFinite, tensor);
          }
          assert.deepEqual(Object.keys(verdicts).sort(), Object.keys(spec.reference ?? {}).sort());
          assert.equal(code, 0);
        });
      }
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
        const { suggested_atol, suggested_rtol } = description.tolerance ?? {};
        const single = { atol: suggested_atol ?? 1e-4, rtol: suggested_rtol ?? 1e-5 };
        const tolerance = precision === "f64" ? float64Tolerance : single;
        const lanes = compareStates(description, ours, reference, tolerance);
        const perLane = description.cell === "LSTM" ? 2 : 1;
        const { num_layers = 1, bidirectional = false } = description.constructor;
        assert.equal(lanes, num_layers * (bidirectional ? 2 : 1) * perLane);
      });
    }
  }
});
