/** What a run file says that its cell does not have. */
import assert from "node:assert/strict";
import { cellProblems } from "../../../../src/host/runFiles/cellProblems";
import type { CellKind } from "../../../../src/model/config";
import { parseRunFile } from "../../../../src/run/spec/file";
import { renderText } from "../../../../src/core/text";

const source = `\uFEFF{ // a run
  "weights": { "file": "w.pt" }, "input": "x.npy", "c0": "x.npz#c0",
  "options": { "nonlinearity": "relu", "resetAfter": false, "clip": 3, "coupledInputForget": true },
  "reference": { "output": "e.npz", "c_n": "e.npz" }
}`;

function problemsOf(cell: CellKind): string[] {
  const { spec } = parseRunFile(source);
  assert.ok(spec);
  return cellProblems(source, spec, cell).map(({ offset, length, severity, message }) =>
    [severity, source.slice(offset, offset + length), renderText(message)].join("|"),
  );
}

describe("options and states that a cell does not have", () => {
  it("are warned of at their keys", () => {
    assert.deepEqual(problemsOf("GRU"), [
      'warning|"nonlinearity"|nonlinearity is not used: nn.GRU has no such option',
      'warning|"coupledInputForget"|coupledInputForget is not used: nn.GRU has no such option',
      'warning|"c0"|c0 and c_n are not used: nn.GRU has no cell state',
      'warning|"c_n"|c0 and c_n are not used: nn.GRU has no cell state',
    ]);
    assert.deepEqual(problemsOf("LSTM"), [
      'warning|"nonlinearity"|nonlinearity is not used: nn.LSTM has no such option',
      'warning|"resetAfter"|resetAfter is not used: nn.LSTM has no such option',
    ]);
  });

  it("are none in a run that says little", () => {
    const plain = '{ "weights": { "file": "w.pt" }, "input": "x.npy" }';
    const spec = { weights: { file: "w.pt" }, input: "x.npy" };
    for (const cell of ["RNN", "LSTM", "GRU"] as const) {
      assert.deepEqual(cellProblems(plain, spec, cell), []);
    }
  });
});
