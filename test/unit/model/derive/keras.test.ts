import assert from "node:assert/strict";
import { openArchive } from "../../../../src/formats/open";
import type { KerasRecurrent } from "../../../../src/formats/base/declared";
import { pytorchVariant } from "../../../../src/model/config";
import { deriveKeras } from "../../../../src/model/derive/keras";
import { findModules } from "../../../../src/model/find/find";
import { decodeRaw } from "../../../../src/tensor/raw";
import { renderText } from "../../../../src/core/text";
import { fixtureSource, readAll } from "../../formats/support";
import { derivedValues, kerasLayers } from "../../support/kerasFiles";

async function nested(): ReturnType<typeof openArchive> {
  return openArchive(fixtureSource("keras/nested.h5"));
}

describe("layers of Keras in PyTorch's names", () => {
  it("are transposed, with their gates in order and their origin kept", async () => {
    const archive = await nested();
    const derived = deriveKeras(archive);
    const values = await derivedValues(derived);
    const stored = await readAll(archive);
    const entry = derived.entries.find(
      ({ entry: { name } }) => name === "last.weight_ih_l0",
    )?.entry;
    assert.deepEqual(entry?.shape, [6, 2]);
    const [from = ""] = entry.origin?.from ?? [];
    assert.match(from, /last\/gru_cell\/kernel$/);
    assert.equal(entry.origin && renderText(entry.origin.how), "transposed, gates z r n → r z n");
    const kernel = stored.get(from)?.data ?? [];
    const found = values.get("last.weight_ih_l0")?.data ?? [];
    // Rows r, z, n of two units; columns of Keras z, r, n.
    [2, 3, 0, 1, 4, 5].forEach((column, row) => {
      assert.deepEqual([found[row * 2], found[row * 2 + 1]], [kernel[column], kernel[6 + column]]);
    });
  });

  it("have both biases of a GRU that resets after the product, else one and zeros", async () => {
    const archive = await nested();
    const derived = deriveKeras(archive);
    const values = await derivedValues(derived);
    const bias = (await readAll(archive)).get("model_weights/last/outer/last/gru_cell/bias")?.data;
    assert.ok(bias);
    assert.deepEqual(
      [...(values.get("last.bias_hh_l0")?.data ?? [])],
      [...[8, 9, 6, 7, 10, 11].map((index) => bias[index])],
    );
    const zeros = values.get("upper.bias_hh_l0");
    assert.deepEqual([...(zeros?.data ?? [1])], new Array<number>(9).fill(0));
    const origin = derived.entries.find(({ entry }) => entry.name === "upper.bias_hh_l0")?.entry
      .origin;
    assert.equal(
      origin && renderText(origin.how),
      "zeros: Keras has one bias, which stands as bias_ih",
    );
  });

  it("stand between embedding and linear layers", async () => {
    const archive = await nested();
    const values = await derivedValues(deriveKeras(archive));
    const stored = await readAll(archive);
    assert.deepEqual(values.get("lookup.weight")?.shape, [7, 4]);
    assert.deepEqual(values.get("head.weight")?.shape, [3, 2]);
    const kernel = stored.get("model_weights/head/outer/head/kernel")?.data;
    assert.equal(values.get("head.weight")?.data[1], kernel?.[3]);
    assert.deepEqual(values.get("head.bias")?.shape, [3]);
  });

  it("are read by windows as they are whole", async () => {
    const { entries } = deriveKeras(await nested());
    const derived = entries.find(({ entry }) => entry.name === "both.weight_hh_l0_reverse");
    assert.ok(derived);
    const whole = decodeRaw(await derived.readBox({ start: [0, 0], size: [8, 2] }), "whole").data;
    const part = decodeRaw(await derived.readBox({ start: [3, 1], size: [2, 1] }), "part").data;
    assert.deepEqual([...part], [whole[7], whole[9]]);
  });

  it("say where a run departs from them", async () => {
    const { facts } = deriveKeras(await nested());
    const sentences = (prefix: string): string[] =>
      [...(facts.get(prefix)?.refusals ?? []), ...(facts.get(prefix)?.departures ?? [])].map(
        (sentence) => renderText(sentence),
      );
    assert.deepEqual(sentences("both."), [
      "Bidirectional joins its halves by sum; a run puts them side by side",
    ]);
    assert.deepEqual(sentences("last."), [
      "its gates are squashed by relu in place of sigmoid, which is not computed",
    ]);
    assert.deepEqual(sentences("recurrent."), [
      "its activation is sigmoid in place of tanh, which is not computed",
      "go_backwards: it reads the last step first, and Keras gives its outputs in that order",
    ]);
    assert.deepEqual(sentences("inner.recurrent."), []);
    assert.equal(facts.get("recurrent.")?.reverseOnly, true);
    assert.equal(facts.get("both.")?.reverseOnly, false);
    assert.equal(facts.get("both.")?.batchFirst, true);
  });

  it("stand behind the stack that they are the layers of", () => {
    const half = (name: string): KerasRecurrent["forward"] => ({
      ...{ kernel: `${name}/vars/0`, recurrentKernel: `${name}/vars/1`, bias: null },
    });
    const layer = (name: string): KerasRecurrent => ({
      ...{ framework: "keras", kind: "recurrent", name, cell: "LSTM", customClass: null },
      ...{ activation: null, recurrentActivation: null, resetAfter: null, timeMajor: null },
      ...{ goBackwards: null, returnSequences: null, isStackedCell: false, isCudnn: false },
      ...{ mask: null, statesFrom: null, readsFrom: null, mergeMode: null, kerasMajor: null },
      ...{ forward: half(`layers/${name}/cell`), backward: null },
    });
    const names = ["lstm", "lstm_1"];
    const entries = names.flatMap((name) =>
      [0, 1].map((number) => ({
        ...{ name: `layers/${name}/cell/vars/${number}`, dtype: "float32" as const },
        ...{ shape: [2, 8], byteLength: 64 },
      })),
    );
    const readBox = (): never => assert.fail("values are read");
    const derived = deriveKeras({ entries, declared: names.map(layer), readBox });
    const prefixes = findModules(derived.entries.map(({ entry }) => entry)).map(
      ({ prefix }) => prefix,
    );
    assert.deepEqual(prefixes, ["lstm+lstm_1.", "lstm.", "lstm_1."]);
    const remarks = derived.facts.get("lstm+lstm_1.")?.remarks ?? [];
    assert.match(remarks.map((each) => renderText(each)).join(), /assumed to be the layers/);
  });

  it("have the hard sigmoid of the Keras that wrote them", async () => {
    const lines = async (name: string, prefix: string): Promise<unknown> =>
      (await kerasLayers(await openArchive(fixtureSource(`keras/${name}`)))).get(prefix)?.config
        .variant;
    assert.deepEqual(await lines("keras2.h5", "gru."), {
      ...pytorchVariant,
      resetAfter: false,
      gateActivation: { kind: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
    });
    assert.deepEqual(await lines("layers.h5", "case_3."), {
      ...pytorchVariant,
      gateActivation: { kind: "hard_sigmoid", alpha: 1 / 6, beta: 0.5 },
    });
  });
});
