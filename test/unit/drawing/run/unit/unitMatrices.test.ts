/** What is copied as NumPy and PyTorch gives the unit's value in both formulations, for every cell and variant. */
import assert from "node:assert/strict";
import {
  unitAsMatrices,
  type MatrixLibrary,
} from "../../../../../src/drawing/run/unit/unitMatrices";
import { describePython } from "../../../support/python/python";
import { runPython } from "../../../support/python/warmPython";
import { explainedVariants, rnnExplanation } from "../explanations";

const libraries: readonly MatrixLibrary[] = ["numpy", "pytorch"];

describe("a unit as matrices", () => {
  it("has rows and columns, with the names of the file's tensors", () => {
    const code = unitAsMatrices(rnnExplanation(), "f32", "numpy");
    assert.match(
      code,
      /^W_ih = np\.array\(\[\[0\.5, -3\.0\]\], .*# weight_ih_l1_reverse\[\[7\]\]$/m,
    );
    assert.match(code, /^a = x @ W_ih\.T \+ b_ih$/m);
    assert.match(code, /^a = W_ih @ x\.T \+ b_ih\[:, None\]$/m);
  });

  it("says that a run in 16 bits rounds more often", () => {
    assert.match(
      unitAsMatrices(rnnExplanation(), "bf16", "pytorch"),
      /^# the run rounds to bfloat16/m,
    );
  });
});

describePython("the matrices that are copied", ["numpy", "torch"], () => {
  const explained = explainedVariants();

  for (const library of libraries) {
    it(`give the unit's value twice in ${library}`, async () => {
      const programs = explained.map(({ explanation }) =>
        unitAsMatrices(explanation, "f64", library),
      );
      const printed = await printedBy(programs);
      assert.equal(printed.length, 2 * explained.length);
      explained.forEach(({ name, explanation }, index) => {
        for (const line of printed.slice(2 * index, 2 * index + 2)) {
          const [, number = ""] =
            /(?:tensor\()?(-?[\d.]+(?:e-?\d+)?)/.exec(line.replace(/^.* @ (?:W\.T|[xh]) /, "")) ??
            [];
          const difference = Math.abs(Number(number) - (explanation.value[0] ?? Number.NaN));
          assert.ok(difference < 1e-12, `${name}: ${line} ${String(explanation.value[0])}`);
        }
      });
    });
  }
});

/** The lines that the programs print, in one process. */
async function printedBy(programs: readonly string[]): Promise<string[]> {
  const loop =
    "import json, sys\nimport torch\ntorch.set_printoptions(precision=17)\nfor program in json.load(sys.stdin):\n    exec(program, {})";
  const output = await runPython({
    packages: ["torch"],
    arguments: ["-c", loop],
    input: JSON.stringify(programs),
  });
  return output.trim().split("\n");
}
