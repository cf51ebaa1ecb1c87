/** The numbers that people quote of a difference, beside NumPy's of the same files. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describePython } from "../unit/support/python/python";
import { runPython } from "../unit/support/python/warmPython";
import { present } from "../unit/support/present";
import { arraysOf, fixtures, specOf, Workplace } from "./cases";

interface Quoted {
  readonly numbers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

interface ByNumPy {
  readonly figures: Readonly<Record<string, number>>;
  readonly index: readonly number[];
}

const CASES = [
  "one_value_changed",
  "reverse_not_flipped_back",
  "gate_order_ifog",
  "half_precision_reference",
  "layers_share_weights",
  "h_n_direction_major",
];

describePython("the numbers of a difference", ["numpy"], ({ numpy = "" }) => {
  const workplace = new Workplace();

  after(() => {
    workplace.remove();
  });

  for (const id of CASES) {
    it(`of ${id} are those of NumPy ${numpy}`, async () => {
      const folder = join(fixtures, "broken/wrong-reference", id);
      const spec = specOf(folder, "weights.safetensors");
      const file = workplace.write(id, spec);
      const ours = join(workplace.folder, `${id}.npz`);
      await workplace.unroll("run", file, "--out", ours);
      const { stdout } = await workplace.unroll("check", file, "--json");
      const { runs } = JSON.parse(stdout) as { readonly runs: readonly Quoted[] };
      const { numbers, tolerance } = present(runs[0]);
      for (const name of ["output", "h_n"] as const) {
        const [expectedFile = "", expectedName = ""] = String(spec.reference?.[name]).split("#");
        assert.equal(expectedFile, arraysOf(folder));
        const { rtol, atol } = tolerance;
        const script = join(fixtures, "generate/quoted_numbers.py");
        const args = [script, ours, name, expectedFile, expectedName, String(rtol), String(atol)];
        const printed = await runPython({ packages: [], arguments: args });
        const { figures, index } = JSON.parse(printed) as ByNumPy;
        const quoted = present(numbers[name]);
        for (const [key, expected] of Object.entries(figures)) {
          const { value } = quoted[key] as { readonly value: number };
          const isClose = Math.abs(value - expected) <= 1e-9 * Math.max(1e-12, Math.abs(expected));
          assert.ok(isClose, `${name} ${key}: ${value}, NumPy ${expected}`);
        }
        const largest = quoted["largest"] as { readonly index: readonly number[] };
        assert.deepEqual(largest.index, index, name);
      }
    });
  }
});
