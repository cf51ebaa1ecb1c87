/** The shape check of surrounding layers: its rows in the order data flows, the clash of tokens, of the table and of the head. */
import assert from "node:assert/strict";
import { checkShapes } from "../../../../src/model/shapes/check";
import { causeText, clashText } from "../../../../src/model/shapes/clashTexts";
import type { ShapeInputs, ShapeRow, SurroundingShapes } from "../../../../src/model/shapes/shapes";
import { expectedParameters } from "../../../../src/model/parameters";
import type { RecurrentConfig } from "../../../../src/model/config";
import { renderText } from "../../../../src/core/text";
import { rnnConfig } from "../../support/goldens";

const bare: SurroundingShapes = {
  tokens: null,
  embedding: null,
  linear: null,
  head: null,
  referenceEmbedded: null,
  referenceLogits: null,
};

const embedding = { name: "emb", shape: [50, 2] };
const linear = { name: "fc", weightName: "fc.weight", weight: [4, 3], bias: [4] };

/** A run of nn.RNN(2, 3, batch_first=True) over B 4, T 5, but for what stands around it. */
function inputsWith(
  surrounding: Partial<SurroundingShapes>,
  changes: Partial<RecurrentConfig> = {},
): ShapeInputs {
  const config = rnnConfig({ batchFirst: true, ...changes });
  const parameters = new Map(
    expectedParameters(config).map(({ name, shape }) => [name, { shape }]),
  );
  return {
    config,
    parameters,
    input: [4, 5, surrounding.tokens == null ? 2 : (surrounding.embedding?.shape[1] ?? 0)],
    h0: null,
    c0: null,
    lengths: null,
    referenceOutput: null,
    referenceHn: null,
    referenceCn: null,
    surrounding: { ...bare, ...surrounding },
  };
}

function rowsOf(inputs: ShapeInputs): string[] {
  return checkShapes(inputs).rows.map(({ name, found, expected, status }) => {
    const sizes = [found, expected].map((shape) => (shape === null ? "-" : shape.join("×")));
    return `${name} ${sizes.join(" ")} ${status}`;
  });
}

function rowOf(inputs: ShapeInputs, name: string): ShapeRow & { readonly why: string } {
  const row = checkShapes(inputs).rows.find((each) => each.name === name);
  assert.ok(row !== undefined, `no row ${name}`);
  return { ...row, why: renderText(row.reason) };
}

function clashOf(inputs: ShapeInputs): readonly (string | null)[] {
  const shapes = checkShapes(inputs);
  return [clashText(shapes), causeText(shapes)]
    .map((text) => (text === null ? null : renderText(text)))
    .concat(shapes.pytorch);
}

const tokens = { shape: [4, 5], bad: null };

describe("the shape check of surrounding layers that runs", () => {
  const inputs = inputsWith({
    tokens,
    embedding,
    linear,
    head: "last",
    referenceEmbedded: [4, 5, 2],
    referenceLogits: [4, 4],
  });

  it("has the layers' rows where data flows through them", () => {
    assert.deepEqual(rowsOf(inputs), [
      "input 4×5 4×5 ok",
      "emb.weight 50×2 50×2 ok",
      "embedded 4×5×2 4×5×2 ok",
      "weight_ih_l0 3×2 3×2 ok",
      "weight_hh_l0 3×3 3×3 ok",
      "bias_ih_l0 3 3 ok",
      "bias_hh_l0 3 3 ok",
      "fc.weight 4×3 4×3 ok",
      "fc.bias 4 4 ok",
      "reference embedded 4×5×2 4×5×2 ok",
      "reference logits 4×4 4×4 ok",
    ]);
    assert.equal(checkShapes(inputs).clash, null);
  });

  it("says what tokens are, and where the sizes come from", () => {
    assert.equal(rowOf(inputs, "input").why, "tokens, each a row of emb: 0 to 49");
    assert.deepEqual(rowOf(inputs, "input").axes, ["B", "T"]);
    assert.equal(rowOf(inputs, "fc.weight").why, "H = 3 features of the module's output");
    assert.equal(rowOf(inputs, "reference logits").why, "the logits of fc, head last");
  });

  it("names the axes of unbatched and of time-major tokens", () => {
    const timeMajor = inputsWith({ tokens, embedding }, { batchFirst: false });
    assert.deepEqual(rowOf(timeMajor, "input").axes, ["T", "B"]);
    const unbatched = { ...inputsWith({ tokens: { shape: [5], bad: null }, embedding }) };
    assert.deepEqual(rowOf({ ...unbatched, input: [5, 2] }, "input").axes, ["T"]);
  });
});

describe("the shape check of layers that do not run", () => {
  it("says that an embedding is not used for an input with features", () => {
    const inputs = inputsWith({ embedding: { name: "emb", shape: [50, 7] } });
    assert.equal(checkShapes(inputs).clash, null);
    assert.match(rowOf(inputs, "emb.weight").why, /^not used: the input has features/);
  });

  it("says that a linear layer does not run without a head, whatever its shape", () => {
    assert.match(rowOf(inputsWith({ linear }), "fc.weight").why, /no head is chosen/);
    const wrong = { ...linear, weight: [4, 9], bias: [5] };
    assert.equal(checkShapes(inputsWith({ linear: wrong })).clash, null);
    assert.equal(rowOf(inputsWith({ linear: wrong }), "fc.weight").status, "mismatch");
  });

  it("does not expect what nothing computes", () => {
    const inputs = inputsWith({ referenceEmbedded: [4, 5, 2], referenceLogits: [4, 4] });
    assert.equal(rowOf(inputs, "reference logits").status, "unexpected");
    const embedded = rowOf(inputs, "reference embedded");
    assert.deepEqual(
      [embedded.status, embedded.why],
      ["ok", "the input, which is embedded already"],
    );
  });
});

describe("the clash of surrounding layers", () => {
  it("names the place of a token without a row, in the input's axes", () => {
    const bad = { token: 57, position: 13 };
    const inputs = inputsWith({ tokens: { shape: [4, 5], bad }, embedding });
    assert.deepEqual(clashOf(inputs), [
      "emb cannot run: the token at [2, 3] of input is 57, its rows are 0 to 49",
      "The vocabulary that made the tokens has more words than the embedding has rows.",
      "index out of range in self",
    ]);
    assert.equal(rowOf(inputs, "input").status, "mismatch");
  });

  it("says of a negative token that it may be padding", () => {
    const bad = { token: -1, position: 0 };
    const [, why] = clashOf(inputsWith({ tokens: { shape: [4, 5], bad }, embedding }));
    assert.equal(why, "It is negative: −1 is often a padding value; give lengths, or replace it.");
  });

  it("says of a token that is no whole number what it is", () => {
    const bad = { token: 0.5, position: 0 };
    const inputs = inputsWith({ tokens: { shape: [4, 5], bad }, embedding });
    assert.deepEqual(clashOf(inputs), [
      "emb cannot run: the token at [0, 0] of input is 0.5, its rows are 0 to 49",
      "A token is a whole number.",
      null,
    ]);
  });

  it("says of a table which width the module needs", () => {
    const inputs = inputsWith({ tokens, embedding: { name: "emb", shape: [50, 7] } });
    assert.deepEqual(clashOf(inputs).slice(0, 1), [
      "layer 0 → cannot run: emb.weight is [50, 7], needed [50, 2]",
    ]);
    assert.equal(
      checkShapes(inputs).pytorch,
      "input.size(-1) must be equal to input_size. Expected 2, got 7",
    );
  });

  it("says of a linear layer how many features the head hands it, in PyTorch's words too", () => {
    const wrong = { ...linear, weight: [4, 9] };
    const [clash, , pytorch] = clashOf(inputsWith({ linear: wrong, head: "every" }));
    assert.equal(clash, "fc cannot run: fc.weight is [4, 9], needed [4, 3]");
    assert.equal(pytorch, "mat1 and mat2 shapes cannot be multiplied (20x3 and 9x4)");
    const last = clashOf(inputsWith({ linear: wrong, head: "last" }));
    assert.equal(last[2], "mat1 and mat2 shapes cannot be multiplied (4x3 and 9x4)");
    assert.deepEqual(checkShapes(inputsWith({ linear: wrong, head: "h_n" })).product, {
      left: { label: "h_n", shape: [4, 3] },
      right: { label: "Wᵀ", shape: [9, 4] },
    });
  });

  it("lets a linear layer of one direction follow h_n, and no other head", () => {
    const both = { bidirectional: true };
    const joined = { ...linear, weight: [4, 6] };
    assert.equal(checkShapes(inputsWith({ linear: joined, head: "last" }, both)).clash, null);
    assert.equal(checkShapes(inputsWith({ linear, head: "h_n" }, both)).clash, null);
    assert.match(
      rowOf(inputsWith({ linear, head: "h_n" }, both), "fc.weight").why,
      /h_n\[-1\], the last layer's reverse direction/,
    );
    assert.match(String(clashOf(inputsWith({ linear, head: "last" }, both))[0]), /needed \[4, 6\]/);
  });

  it("says of a bias how many rows its weight has", () => {
    const wrong = { ...linear, bias: [5] };
    const [clash] = clashOf(inputsWith({ linear: wrong, head: "last" }));
    assert.equal(clash, "fc cannot run: fc.bias is [5], needed [4]");
  });
});
