import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { UnitSum } from "../../../../../src/protocol/run/unitMessages";
import { unitAsPython } from "../../../../../src/drawing/run/unit/unitPython";
import { rnnConfig } from "../../../support/goldens";
import { describePython, python } from "../../../support/python/python";
import { explainedVariants, explanationOf, rnnExplanation } from "../explanations";

describe("unitAsPython", () => {
  it("writes every number so that Python reads it back", () => {
    const lines = unitAsPython(rnnExplanation(), "f32").split("\n");
    assert.deepEqual(lines, [
      "# layer 1 reverse, t = 15, batch 0, unit 7",
      "from math import inf, nan, tanh",
      "",
      "def dot(w, v):",
      "    return sum(p * q for p, q in zip(w, v))",
      "",
      "x = [2.0, 1.0]",
      "h = [0.25]  # at t = 16",
      "w_ih = [0.5, -3.0]  # weight_ih_l1_reverse[7]",
      "w_hh = [4.0]  # weight_hh_l1_reverse[7]",
      "b_ih = 0.25  # bias_ih_l1_reverse[7]",
      "b_hh = 0.0  # bias_hh_l1_reverse[7]",
      "h_t = tanh(dot(w_ih, x) + b_ih + dot(w_hh, h) + b_hh)",
      `print(h_t)  # ${String(Math.tanh(-0.75))}`,
      "",
    ]);
  });

  it("writes what is not finite, a negative zero and exponents as Python does", () => {
    const operands = Float64Array.of(NaN, -Infinity, -0);
    const weights = Float64Array.of(1e-9, 1e300, 1);
    const code = unitAsPython(rnnExplanation({}, { operands, weights }), "f32");
    assert.match(code, /^x = \[nan, -inf\]$/m);
    assert.match(code, /^w_ih = \[1e-9, 1e\+300\]/m);
    assert.match(code, /^h = \[-0\.0\]/m);
  });

  it("keeps NaN through relu and leaves out biases that are not there", () => {
    const code = unitAsPython(rnnExplanation({ nonlinearity: "relu", hasBias: false }), "f32");
    assert.match(code, /^ {4}return 0\.0 if a <= 0 else a$/m);
    assert.match(code, /^h_t = relu\(dot\(w_ih, x\) \+ dot\(w_hh, h\)\)$/m);
    assert.doesNotMatch(code, /tanh|b_ih/);
  });

  it("says that a run in 16 bits rounds more often", () => {
    const note = (precision: "f16" | "bf16"): string | undefined =>
      unitAsPython(rnnExplanation(), precision).split("\n")[1];
    assert.match(note("f16") ?? "", /^# the run rounds to float16 /);
    assert.match(note("bf16") ?? "", /^# the run rounds to bfloat16 /);
  });

  it("writes the equations of an LSTM and a GRU", () => {
    const at = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 2 } as const;
    const lstm = unitAsPython(explanationOf(rnnConfig({ cell: "LSTM" }), at, "h"), "f64");
    assert.match(lstm, /^f = sigma\(dot\(w_if, x\) \+ b_if \+ dot\(w_hf, h\) \+ b_hf\)$/m);
    assert.match(lstm, /^c_t = f \* c \+ i \* g\nh_t = o \* tanh\(c_t\)$/m);
    assert.match(lstm, /^c = .* # c0$/m);
    const gru = unitAsPython(explanationOf(rnnConfig({ cell: "GRU" }), at, "h"), "f64");
    const candidate =
      "n = tanh(dot(w_in, x) + b_in + r * (dot(w_hn, h) + b_hn))\nh_t = (1 - z) * n + z * h[2]\n";
    assert.ok(gru.includes(candidate), gru);
  });
});

describePython("the lines that are copied", [], () => {
  const explained = explainedVariants();

  it("give the unit's value in Python, for every cell and variant", () => {
    const found = runPython(explained.map(({ explanation }) => unitAsPython(explanation, "f64")));
    assert.equal(found.length, explained.length);
    explained.forEach(({ name, explanation }, index) => {
      const difference = Math.abs((found[index] ?? NaN) - (explanation.value[0] ?? NaN));
      assert.ok(difference < 1e-12, `${name}: ${difference}`);
    });
  });

  it("handle arguments that overflow exp(), and NaN", () => {
    const place = { layer: 1, direction: "reverse", step: 1, batch: 0, unit: 1 } as const;
    const config = rnnConfig({ cell: "GRU", numLayers: 2, bidirectional: true });
    const far = explanationOf(config, place, "h");
    const scaled = (factor: number): string =>
      unitAsPython({ ...far, gates: far.gates.map((gate) => times(gate, factor)) }, "f64");
    const [huge = NaN, tiny = NaN, bad = 0] = runPython([scaled(1e5), scaled(-1e5), scaled(NaN)]);
    assert.ok(Number.isFinite(huge) && Number.isFinite(tiny));
    assert.ok(Number.isNaN(bad));
  });
});

function times(sum: UnitSum, factor: number): UnitSum {
  return { ...sum, weights: sum.weights.map((weight) => weight * factor) };
}

/** What each program prints, in one process. */
function runPython(programs: readonly string[]): number[] {
  const loop = "import json, sys\nfor program in json.load(sys.stdin):\n    exec(program, {})";
  const output = execFileSync(python, ["-c", loop], {
    input: JSON.stringify(programs),
    encoding: "utf8",
  });
  return output.trim().split("\n").map(Number);
}
