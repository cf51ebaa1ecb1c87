/** What is assumed of a layer of Keras in a file of weights alone, which has no configuration. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import type { KerasRecurrent } from "../../../../src/formats/base/declared";
import { kerasFacts } from "../../../../src/model/derive/kerasFacts";
import { remarksOf } from "../../../../src/model/facts";

const weights = { kernel: "0", recurrentKernel: "1", bias: null };

/** A GRU without bias and without a configuration. */
const bare: KerasRecurrent = {
  ...{ framework: "keras", kind: "recurrent", name: "gru", cell: "GRU", customClass: null },
  ...{ activation: null, recurrentActivation: null, resetAfter: null, timeMajor: null },
  ...{ goBackwards: null, returnSequences: null, isStackedCell: false, isCudnn: false },
  ...{ mask: null, statesFrom: null, readsFrom: null, mergeMode: null, kerasMajor: null },
  ...{ forward: weights, backward: null },
};

function assumed(module: Partial<KerasRecurrent>, options: object = {}): string {
  const remarks = remarksOf(kerasFacts({ ...bare, ...module }), options);
  return remarks.map((remark) => renderText(remark)).join("\n");
}

describe("what weights of Keras alone do not tell", () => {
  it("is said of activations, direction and where a GRU without bias resets", () => {
    assert.match(assumed({}), /^tanh and sigmoid are assumed, Keras' default activations$/m);
    assert.match(assumed({}), /^reset_after = True is assumed/m);
    assert.match(assumed({}), /^go_backwards = False is assumed/m);
    assert.doesNotMatch(assumed({ resetAfter: true }), /reset_after/);
    assert.doesNotMatch(assumed({ cell: "LSTM" }), /reset_after/);
  });

  it("is of two directions how they are joined", () => {
    assert.match(assumed({ backward: weights }), /^merge_mode = concat is assumed/m);
    assert.doesNotMatch(assumed({ backward: weights }), /go_backwards/);
  });

  it("is hard_sigmoid of Keras 1, and nothing of cuDNN's layers", () => {
    const first = assumed({ recurrentActivation: "hard_sigmoid" });
    assert.match(first, /^tanh and hard_sigmoid are assumed/m);
    assert.doesNotMatch(assumed({ isCudnn: true, resetAfter: true }), /tanh/);
  });

  it("is not assumed where a configuration or an option tells it", () => {
    assert.equal(assumed({ activation: "tanh" }), "");
    const options = { gateActivation: "hard_sigmoid", resetAfter: false, reverse: true };
    assert.equal(assumed({}, options), "");
  });
});
