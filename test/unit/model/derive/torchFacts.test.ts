/** What attributes of a pickled module tell. */
import assert from "node:assert/strict";
import type { TorchModule } from "../../../../src/formats/base/declared";
import { noFacts } from "../../../../src/model/facts";
import { torchFacts } from "../../../../src/model/derive/torchFacts";

function moduleOf(attributes: Record<string, string | number | boolean | null>): TorchModule {
  return {
    framework: "pytorch",
    prefix: "",
    className: "RNN",
    attributes: new Map(Object.entries(attributes)),
  };
}

describe("torchFacts", () => {
  it("reads the arguments that the tensors do not show", () => {
    const attributes = { batch_first: true, mode: "RNN_RELU", dropout: 0.25, hidden_size: 4 };
    const facts = torchFacts(moduleOf(attributes));
    assert.equal(facts.batchFirst, true);
    assert.equal(facts.nonlinearity, "relu");
    assert.equal(facts.dropout, 0.25);
  });

  it("prefers nonlinearity, which newer versions and cells have", () => {
    assert.equal(torchFacts(moduleOf({ nonlinearity: "tanh" })).nonlinearity, "tanh");
    assert.equal(torchFacts(moduleOf({ mode: "LSTM" })).nonlinearity, null);
  });

  it("ignores values of another type", () => {
    const odd = { batch_first: 1, dropout: 7, nonlinearity: "sin", mode: "RNN_SIN" };
    assert.deepEqual(torchFacts(moduleOf(odd)), noFacts);
  });
});
