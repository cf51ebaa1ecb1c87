/** What the search says of references that are made here: mistakes that must not be claimed, pairs that must be found. */
import assert from "node:assert/strict";
import type { Case, Returned } from "../../../../src/diagnosis/base/model";
import { diagnose } from "../../../../src/diagnosis/search/diagnose";
import { switchesUnder } from "../../../../src/diagnosis/search/trial";
import { numbersFrom } from "../../support/runs";
import { alternativeOf, randomCase, rightOf, underOf } from "../cases";

function withReference(the: Case, reference: Returned): Case {
  return { ...the, reference };
}

function firstOf(the: Case): string | null {
  return diagnose(the).findings[0]?.id ?? null;
}

const gru = { cell: "GRU", inputSize: 7, hiddenSize: 7, numLayers: 2 } as const;
const lstm = { cell: "LSTM", inputSize: 4, hiddenSize: 4 } as const;

describe("diagnosis", () => {
  it("says nothing of a right reference", () => {
    const the = randomCase({ config: lstm });
    assert.deepEqual(diagnose(withReference(the, rightOf(the))).findings, []);
  });

  it("tells NaN on both sides from a difference", () => {
    const the = randomCase({ config: lstm });
    assert.equal(diagnose(withReference(the, rightOf(the))).sharesNaN, undefined);
    the.model.input[0] = NaN;
    const right = rightOf(the);
    assert.equal(diagnose(withReference(the, right)).sharesNaN, true);
    const { output } = right;
    assert.ok(output);
    const elsewhere = { ...output, data: output.data.map((value) => value + 0.5) };
    const wrong = diagnose(withReference(the, { ...right, output: elsewhere }));
    assert.equal(wrong.sharesNaN, undefined);
  });

  it("does not take noise as large as TF32's rounding for TF32", () => {
    const the = randomCase({ config: gru });
    const right = rightOf(the);
    const { output } = right;
    assert.ok(output);
    const next = numbersFrom(3);
    for (const scale of [1e-5, 1e-4, 1e-3]) {
      const data = output.data.map((value: number) => value + scale * next());
      const reference: Returned = { ...right, output: { ...output, data } };
      assert.equal(firstOf(withReference(the, reference)), null, `noise of ${scale}`);
    }
  });

  it("finds two mistakes that cancel each other, so that neither alone comes near", () => {
    const the = randomCase({ config: { ...gru, numLayers: 1 } });
    const reference = underOf(the, "gru/bias-in-inside", "bias/doubled");
    const [first] = diagnose(withReference(the, reference)).findings;
    const named = [first?.id, ...(first?.with ?? []).map(({ id }) => id)];
    assert.deepEqual(named.sort(), ["bias/doubled", "gru/bias-in-inside"]);
  });

  it("takes the narrower of two mistakes that change the same function", () => {
    const the = randomCase({ config: lstm });
    const every = alternativeOf(the, "activation/relu-for-tanh");
    const candidate = alternativeOf(the, "activation/candidate-sigmoid");
    const switches = switchesUnder(the, [candidate, every]);
    assert.equal(switches?.candidate(0), 0.5);
    assert.equal(switches.cellTanh(-1), 0);
    assert.equal(switchesUnder(the, [every, alternativeOf(the, "activation/linear")]), null);
  });
});
