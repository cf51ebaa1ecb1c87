/** References whose output and h_n are not of one run: only what is certain is said. */
import assert from "node:assert/strict";
import { renderText } from "../../../../../src/core/text";
import type { RecurrentConfig } from "../../../../../src/model/config";
import type { RunResult } from "../../../../../src/run/execute";
import { contradictionHint } from "../../../../../src/session/views/description/contradiction";

interface Given {
  readonly config?: Partial<RecurrentConfig>;
  readonly output: readonly number[] | null;
  readonly hn: readonly number[] | null;
  readonly seqLength?: number;
  readonly batchSize?: number;
  readonly lengths?: readonly number[];
  readonly verdict?: "differs" | "rounding";
}

/** What is said of a reference, time-major, of a layer of one unit. */
function said({ config = {}, output, hn, verdict = "differs", ...given }: Given): string | null {
  const { seqLength = 3, batchSize = 1, lengths = null } = given;
  const frame = { seqLength, batchSize, lengths };
  const module = {
    ...{
      cell: "RNN",
      hiddenSize: 1,
      inputSize: 1,
      projSize: 0,
      numLayers: 1,
      bidirectional: false,
    },
    ...config,
  };
  const run = {
    sizes: { unbatched: false },
    context: frame,
    forwardInput: { config: module, ...frame },
    reference: {
      output: output && Float32Array.from(output),
      hn: hn && Float32Array.from(hn),
      cn: null,
    },
    inputs: { states: [] },
    compared: [{ name: "output", comparison: { verdict } }],
  } as unknown as RunResult;
  const hint = contradictionHint(run);
  return hint && renderText(hint);
}

describe("a reference that contradicts itself", () => {
  it("is told by the last step of its output and its own h_n", () => {
    assert.equal(
      said({ output: [0, 0.2, 0.75], hn: [0.25] }),
      "the reference contradicts itself: its output at t = 2, batch 0 and its h_n[0] should be one state, and are 0.50 apart. The entry of h_n was taken from another place, or one of them was changed after the run or is of another run",
    );
    assert.equal(said({ output: [0, 0.2, 0.25], hn: [0.25] }), null);
  });

  it("has its reverse half at t = 0, and the last layer alone", () => {
    const config = { bidirectional: true, numLayers: 2 };
    const output = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    assert.equal(said({ config, output, hn: [9, 9, 0.5, 0.2] }), null);
    assert.match(
      said({ config, output, hn: [9, 9, 0.5, 0.6] }) ?? "",
      /t = 0, .*h_n\[3\].* 0\.40 apart\. The reverse half was not flipped back, /,
    );
  });

  it("ends with the length of each row, and says nothing of a row without steps", () => {
    const rows = { batchSize: 2, output: [0.1, 0.2, 0.3, 7, 0.5, 7] };
    assert.equal(said({ ...rows, lengths: [3, 1], hn: [0.5, 0.2] }), null);
    assert.match(said({ ...rows, lengths: [3, 1], hn: [0.5, 0.9] }) ?? "", /t = 0, batch 1/);
    assert.equal(said({ ...rows, lengths: [3, 0], hn: [0.5, 0.9] }), null);
  });

  it("says nothing of what rounding may have made, of NaN, where nothing differs, and where one of them is not given", () => {
    assert.equal(said({ output: [0, 0, 0.5], hn: [0.51] }), null);
    assert.equal(said({ output: [0, 0, 100], hn: [101] }), null);
    assert.equal(said({ output: [0, 0, NaN], hn: [0.5] }), null);
    assert.equal(said({ output: [0, 0, 1], hn: [0.5], verdict: "rounding" }), null);
    assert.equal(said({ output: null, hn: [0.5] }), null);
    assert.equal(said({ output: [0, 0, 1], hn: null }), null);
  });
});
