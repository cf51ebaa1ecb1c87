/** The layers around a module: found by sizes, names and nearness; named by the user; shared tables. */
import assert from "node:assert/strict";
import { NotFoundError } from "../../../../src/core/errors";
import { findModules } from "../../../../src/model/find/find";
import {
  findSurrounding,
  type SurroundingLayers,
  type SurroundingNames,
} from "../../../../src/model/find/surrounding";
import type { Shape, TensorEntry } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import { entryOf } from "../../support/goldens";

/** nn.LSTM(8, 12), or with both directions. */
function lstm(prefix: string, sizes = { input: 8, hidden: 12 }, directions = 1): TensorEntry[] {
  const { input, hidden } = sizes;
  const suffixes = directions === 1 ? [""] : ["", "_reverse"];
  return suffixes.flatMap((suffix) => [
    entryOf(`${prefix}weight_ih_l0${suffix}`, [4 * hidden, input]),
    entryOf(`${prefix}weight_hh_l0${suffix}`, [4 * hidden, hidden]),
    entryOf(`${prefix}bias_ih_l0${suffix}`, [4 * hidden]),
    entryOf(`${prefix}bias_hh_l0${suffix}`, [4 * hidden]),
  ]);
}

function layers(shapes: Readonly<Record<string, Shape>>): TensorEntry[] {
  return Object.entries(shapes).map(([name, shape]) => entryOf(name, shape));
}

function around(
  entries: readonly TensorEntry[],
  prefix: string,
  wanted?: SurroundingNames,
): SurroundingLayers {
  const module = findModules(entries).find((found) => found.prefix === prefix);
  assert.ok(module !== undefined);
  return findSurrounding(entries, module, wanted);
}

function namesOf({ embedding, linear, notes }: SurroundingLayers): object {
  return {
    embedding: embedding?.name ?? null,
    linear: linear?.name ?? null,
    notes: notes.map((note) => renderText(note)),
  };
}

describe("findSurrounding", () => {
  it("finds the embedding before and the linear layer after a module", () => {
    const entries = [
      ...layers({ "embedding.weight": [50, 8] }),
      ...lstm("lstm."),
      ...layers({ "fc.weight": [4, 12], "fc.bias": [4] }),
    ];
    const found = around(entries, "lstm.");
    assert.deepEqual(namesOf(found), { embedding: "embedding", linear: "fc", notes: [] });
    assert.equal(found.linear?.bias?.name, "fc.bias");
    assert.equal(found.linear.isTied, false);
  });

  it("finds nothing around a bare module", () => {
    const none = { embedding: null, linear: null, notes: [] };
    assert.deepEqual(namesOf(around(lstm(""), "")), none);
  });

  it("reads a linear layer of both directions, and of one", () => {
    const both = [...lstm("rnn.", undefined, 2), ...layers({ "fc.weight": [2, 24] })];
    const one = [...lstm("rnn.", undefined, 2), ...layers({ "fc.weight": [2, 12] })];
    const wrong = [...lstm("rnn.", undefined, 2), ...layers({ "fc.weight": [2, 13] })];
    assert.equal(around(both, "rnn.").linear?.name, "fc");
    assert.equal(around(one, "rnn.").linear?.name, "fc");
    assert.equal(around(wrong, "rnn.").linear, null);
  });

  it("tells the layers of a language model whose table is as wide as its states", () => {
    const entries = [
      ...layers({ "encoder.weight": [50, 8], "decoder.weight": [50, 8], "decoder.bias": [50] }),
      ...lstm("rnn.", { input: 8, hidden: 8 }),
    ];
    const expected = { embedding: "encoder", linear: "decoder", notes: [] };
    assert.deepEqual(namesOf(around(entries, "rnn.")), expected);
  });

  it("prefers a layer that is named like one to a layer that merely fits", () => {
    const entries = [
      ...lstm("rnn."),
      ...layers({ "attention.weight": [9, 12], "classifier.weight": [3, 12] }),
    ];
    assert.deepEqual(namesOf(around(entries, "rnn.")), {
      embedding: null,
      linear: "classifier",
      notes: [],
    });
  });

  it("takes the last part of a name that is no number", () => {
    const entries = [
      ...lstm("rnn."),
      ...layers({ "m.0.weight": [9, 12], "head.1.weight": [3, 12] }),
    ];
    assert.equal(around(entries, "rnn.").linear?.name, "head.1");
  });

  it("gives each of several modules the layers that stand nearest to it", () => {
    const entries = [
      ...layers({ "encoder.embed.weight": [50, 8], "decoder.embed.weight": [60, 8] }),
      ...lstm("encoder.rnn."),
      ...lstm("decoder.rnn."),
      ...layers({ "decoder.out.weight": [60, 12], "decoder.out.bias": [60] }),
    ];
    const encoder = around(entries, "encoder.rnn.");
    const decoder = around(entries, "decoder.rnn.");
    assert.equal(encoder.embedding?.name, "encoder.embed");
    assert.deepEqual(namesOf(decoder), {
      embedding: "decoder.embed",
      linear: "decoder.out",
      notes: [],
    });
  });

  it("finds a layer that is a member of the module itself", () => {
    const entries = [
      ...layers({ "embed.weight": [50, 8], "decoder.embed.weight": [60, 8] }),
      ...lstm("decoder."),
    ];
    assert.equal(around(entries, "decoder.").embedding?.name, "decoder.embed");
  });

  it("says which it took where nothing tells two layers apart", () => {
    const entries = [
      ...lstm("rnn."),
      ...layers({ "fc1.weight": [4, 12], "fc2.weight": [5, 12], "fc2.bias": [5] }),
    ];
    assert.deepEqual(namesOf(around(entries, "rnn.")), {
      embedding: null,
      linear: "fc1",
      notes: ["fc1 is taken for the linear layer of this module; fc2 would fit as well"],
    });
    // Without a head it does not matter: the layer is offered as before, and run by nobody.
    const off = namesOf(around(entries, "rnn.", { head: null }));
    assert.deepEqual(off, { embedding: null, linear: "fc1", notes: [] });
  });

  it("shares the embedding's table with a linear layer that has only its bias in the file", () => {
    const entries = [
      ...layers({ "embedding.weight": [50, 8] }),
      ...lstm("rnn.", { input: 8, hidden: 8 }),
      ...layers({ "out.bias": [50] }),
    ];
    const { linear } = around(entries, "rnn.");
    assert.equal(linear?.name, "out");
    assert.equal(linear.weight.name, "embedding.weight");
    assert.equal(linear.isTied, true);
    assert.equal(around(entries, "rnn.", { linear: "out" }).linear?.isTied, true);
    const alone = [...lstm("rnn.", { input: 8, hidden: 8 }), ...layers({ "out.bias": [50] })];
    assert.equal(around(alone, "rnn.").linear, null);
  });

  it("does not share a table whose bias has another length", () => {
    const entries = [
      ...layers({ "embedding.weight": [50, 8] }),
      ...lstm("rnn.", { input: 8, hidden: 8 }),
      ...layers({ "out.bias": [49], "norm.bias": [50] }),
    ];
    assert.equal(around(entries, "rnn.").linear, null);
  });

  it("leaves out integers, empty tables and layers with a bias where an embedding is looked for", () => {
    const entries = [
      { ...entryOf("token_counts.weight", [50, 8]), dtype: "int64" as const },
      ...layers({ "empty_emb.weight": [0, 8], "emb.weight": [50, 8], "emb.bias": [50] }),
      ...lstm("rnn."),
    ];
    assert.equal(around(entries, "rnn.").embedding, null);
  });
});

describe("findSurrounding with layers that the user names", () => {
  const entries = [
    ...layers({ "a.weight": [50, 8], "embedding.weight": [50, 8], table: [9, 8] }),
    ...lstm("rnn."),
    ...layers({ "fc.weight": [4, 12], "b.weight": [5, 12], "b.bias": [5] }),
  ];

  it("takes them by layer or by tensor", () => {
    const byLayer = around(entries, "rnn.", { embedding: "a", linear: "b" });
    const byTensor = around(entries, "rnn.", { embedding: "a.weight", linear: "b.weight" });
    assert.deepEqual(byLayer, byTensor);
    assert.equal(byLayer.embedding?.weight.name, "a.weight");
    assert.equal(byLayer.linear?.bias?.name, "b.bias");
    assert.equal(around(entries, "rnn.", { embedding: "table" }).embedding?.name, "table");
  });

  it("leaves out what is null", () => {
    assert.deepEqual(namesOf(around(entries, "rnn.", { embedding: null, linear: null })), {
      embedding: null,
      linear: null,
      notes: [],
    });
  });

  it("shares the embedding's table when asked to", () => {
    const { linear } = around(entries, "rnn.", { linear: "embedding" });
    assert.equal(linear?.isTied, true);
    assert.equal(linear.bias, null);
  });

  it("names what is there when a layer is not", () => {
    assert.throws(
      () => around(entries, "rnn.", { linear: "nowhere" }),
      new NotFoundError(
        "nowhere",
        { template: "there is no linear layer {0}", args: ["nowhere"] },
        ["fc", "b", "a", "embedding"],
        { data: { subject: "nowhere" } },
      ),
    );
    assert.throws(() => around(entries, "rnn.", { embedding: "nowhere" }), NotFoundError);
  });
});
