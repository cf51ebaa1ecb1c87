import assert from "node:assert/strict";
import { settingName, withRemedies } from "../../../../src/core/remedies";
import { renderText } from "../../../../src/core/text";
import { lookAlike, type Resemblance } from "../../../../src/model/find/lookAlike";

type Shapes = Readonly<Record<string, readonly number[]>>;

/** What is shown of it. */
function lookOf(shapes: Shapes): string {
  const { text, remedies } = resemblanceOf(shapes);
  return renderText(withRemedies(text, remedies, settingName));
}

function resemblanceOf(shapes: Shapes): Resemblance {
  const entries = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name, shape, dtype: "float32" as const, byteLength: 0 },
  }));
  return lookAlike(entries);
}

/** A matrix of each of these names. */
function matrices(names: readonly string[], shape: readonly number[]): Shapes {
  return Object.fromEntries(names.map((name) => [name, shape]));
}

const none = /none of the layouts in docs\/layouts\.md/;

describe("what tensors without a module look like", () => {
  it("is a cell with a tensor for each gate where all gates are there", () => {
    const inputs = ["i", "f", "c", "o"].map((gate) => `l.kernel_${gate}`);
    const states = ["i", "f", "c", "o"].map((gate) => `l.recurrent_kernel_${gate}`);
    const lstm = { ...matrices(inputs, [3, 4]), ...matrices(states, [4, 4]) };
    assert.match(lookOf(lstm), /a layer of Keras 1/);
    assert.match(lookOf({ ...lstm, ...matrices(states, [4, 5]) }), none);
    assert.match(lookOf({ ...matrices(inputs, [3, 5]), ...matrices(states, [4, 4]) }), none);
    assert.match(lookOf(matrices(inputs, [3, 4])), none);
  });

  it("is such a cell also where one tensor is missing", () => {
    const gates = ["r", "z", "n"];
    const input = matrices(
      gates.map((gate) => `W_x${gate}`),
      [3, 4],
    );
    assert.match(lookOf({ ...input, ...matrices(["W_hr", "W_hz"], [4, 4]) }), /each gate \(W_ii/);
    assert.match(lookOf({ ...input, ...matrices(["W_hr"], [4, 4]) }), none);
    const flax = matrices(["c/ir/kernel", "c/iz/kernel", "c/in/kernel"], [3, 4]);
    const states = matrices(["c/hr/kernel", "c/hn/kernel"], [4, 4]);
    assert.match(lookOf({ ...flax, ...states }), /a cell of Flax/);
  });

  it("is nothing where single names are those of gates", () => {
    for (const names of [
      ["attn.W_q", "attn.W_k", "attn.W_v", "attn.W_o"],
      ["W_o", "b_o"],
      ["up.W_i", "up.W_f"],
      ["W_in", "W_out"],
      ["mlp/in/kernel", "mlp/ho/kernel"],
      ["a.Wx"],
      ["h2h.weight"],
    ]) {
      assert.match(lookOf(matrices(names, [8, 8])), none, names.join());
    }
  });

  it("is a GRU of MLX with the bias that its n has of its own", () => {
    const gru = { "net.Wx": [12, 3], "net.Wh": [12, 5], "net.b": [12], "net.bhn": [4] };
    assert.match(lookOf(gru), /a GRU of MLX.*b → bias_ih_l0.*zeros for r and z, then bhn for n/);
    assert.match(
      lookOf({ Wx: [12, 3], Wh: [12, 5], bias: [12] }),
      /a layer of MLX.*bias → bias_ih/,
    );
  });

  it("is one linear layer for input and state where i2h reads both", () => {
    const joint = { "i2h.weight": [6, 10], "i2h.bias": [6], "i2o.weight": [3, 10] };
    assert.match(lookOf(joint), /i2h\.weight is H × \(I \+ H\) = 6 × \(4 \+ 6\)/);
    assert.doesNotMatch(lookOf(joint), /h2h/);
    const two = { "i2h.weight": [16, 3], "h2h.weight": [16, 5] };
    assert.match(lookOf(two), /a cell of two linear layers/);
    assert.match(lookOf({ "i2h.weight": [6, 4] }), none);
  });

  it("tells programs what it is, and what would make a module of it", () => {
    const joint = resemblanceOf({ "i2h.weight": [6, 10] });
    assert.equal(joint.looksLike, "joint-layer");
    assert.deepEqual(joint.remedies, [
      { do: "split-columns", tensor: "i2h.weight", inputs: 4, units: 6 },
    ]);
    const paired = resemblanceOf({ x2h_weight: [16, 3], h2h_weight: [16, 5] });
    assert.equal(paired.looksLike, "paired-layers");
    assert.deepEqual(paired.remedies, [
      {
        do: "rename",
        names: [
          ["x2h_weight", "weight_ih_l0"],
          ["x2h_bias", "bias_ih_l0"],
          ["h2h_weight", "weight_hh_l0"],
          ["h2h_bias", "bias_hh_l0"],
        ],
        but: "where-order-fits",
      },
    ]);
    const { looksLike, remedies } = resemblanceOf({ kernel: [3, 16], recurrent: [4, 16] });
    assert.equal(looksLike, "keras-weights");
    assert.deepEqual(remedies, [
      { do: "save-model-as", formats: [".keras", ".weights.h5"] },
      { do: "transpose-kernels" },
    ]);
  });

  it("has no remedy where nothing recurrent is in it, or nothing is known", () => {
    for (const [shapes, like] of [
      [{ "conv.weight": [8, 3, 3, 3] }, "convolutional"],
      [{ "layers.0.self_attn.q_proj": [8, 8] }, "transformer"],
      [{ a: [2, 3] }, null],
      [{}, null],
    ] as const) {
      const { looksLike, remedies } = resemblanceOf(shapes);
      assert.equal(looksLike, like);
      assert.deepEqual(remedies, []);
    }
  });

  it("says what to do behind what it is", () => {
    for (const [shapes, sentence] of [
      [
        { "_fsdp.flat_param": [100] },
        "the tensors look like an FSDP flat parameter, the weights of a module in one row and cut among the ranks; save the full state_dict (FSDP.state_dict_type with FULL_STATE_DICT)",
      ],
      [
        { Wx: [12, 3], Wh: [12, 4] },
        "the tensors look like a layer of MLX (Wx, Wh, bias); rename Wx → weight_ih_l0, Wh → weight_hh_l0, bias → bias_ih_l0, with zeros for bias_hh_l0",
      ],
      [
        { kernel: [3, 16], recurrent: [4, 16] },
        "the tensors look like the get_weights() of a Keras layer: kernel, recurrent kernel and bias; save the model as .keras or .weights.h5, or transpose them to weight_ih_l0 and weight_hh_l0",
      ],
    ] as const) {
      assert.equal(lookOf(shapes), sentence);
    }
  });
});
