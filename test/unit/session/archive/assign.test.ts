/** Tensors assigned by hand: what a map comes to in an open archive, what fits a slot, and which maps are offered. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import type { ModuleMap } from "../../../../src/protocol/archive/assignMessages";
import { ArchiveSession } from "../../../../src/session/archive/session";
import type { Tensor } from "../../../../src/tensor/tensor";
import { archiveOf } from "../../support/memory";

function zeros(...shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: new Float32Array(count) };
}

/** An LSTM of 5 inputs and 6 units, a tensor for each gate, with a column for each unit. */
const gates = ["keep", "show", "fresh", "write"];
const perGate = Object.fromEntries(
  gates.flatMap((gate) => [
    [`memo/${gate}/seen`, zeros(5, 6)],
    [`memo/${gate}/held`, zeros(6, 6)],
    [`memo/${gate}/base`, zeros(6)],
  ]),
);
const part = (name: string): string[] =>
  ["write", "keep", "fresh", "show"].map((gate) => `memo/${gate}/${name}`);
const map: ModuleMap = {
  kind: "LSTM",
  layout: { transposed: true },
  slots: { weight_ih_l0: part("seen"), weight_hh_l0: part("held"), bias_ih_l0: part("base") },
};

function sessionOf(tensors: Readonly<Record<string, Tensor>>): ArchiveSession {
  return new ArchiveSession(archiveOf(tensors, "safetensors"), {
    file: "gates.safetensors",
    fileBytes: 1234,
    revision: 1,
  });
}

describe("assigning tensors by hand", () => {
  const { assign, summary } = sessionOf(perGate);

  it("says that nothing was recognised where tensors may be weights, else nothing", () => {
    assert.ok(summary.lookAlike !== null);
    assert.equal(sessionOf({ x: zeros(3, 4), y: zeros(2) }).summary.lookAlike, null);
  });

  it("checks a whole map: constructor, parameters with their origin, what is left", () => {
    const check = assign.check(map);
    assert.ok(check.fits);
    assert.equal(check.constructorLine, "nn.LSTM(5, 6)");
    assert.equal(check.values, 24 * 5 + 24 * 6 + 24 + 24);
    assert.deepEqual(check.parameters[0]?.from, part("seen"));
    assert.match(renderText(check.parameters[0].how), /transposed/);
    assert.equal(check.unusedCount, 0);
    assert.equal(check.layout, null);
    assert.deepEqual(
      check.slots.map(({ id, state }) => `${id} ${state}`),
      [
        ...["weight_ih_l0 fits", "weight_hh_l0 fits", "bias_ih_l0 fits"],
        ...["bias_hh_l0 zeros", "peephole_l0 zeros"],
      ],
    );
    assert.deepEqual(
      check.slots[0]?.parts.map((each) => each.gates.join()),
      ["i", "f", "g", "o"],
    );
  });

  it("says of a wrong slot why it is wrong, and what would make it fit", () => {
    const wrong = assign.check({ ...map, slots: { ...map.slots, bias_ih_l0: "memo/keep/held" } });
    assert.equal(wrong.fits, false);
    const bias = wrong.slots.find(({ id }) => id === "bias_ih_l0");
    assert.equal(bias?.state, "wrong");
    assert.match(renderText(bias.why ?? assert.fail()), /memo\/keep\/held/);
    const single: ModuleMap = {
      kind: "RNN",
      slots: { weight_ih_l0: "memo/keep/seen", weight_hh_l0: "memo/keep/held" },
    };
    const turned = assign.check({ ...single, inputSize: 5, hiddenSize: 6 });
    const weight = turned.slots.find(({ id }) => id === "weight_ih_l0");
    assert.equal(weight?.state, "wrong");
    const { fix } = weight;
    assert.deepEqual(fix?.part, { tensor: "memo/keep/seen", transposed: true });
  });

  it("lists the slots of a map that says nothing yet", () => {
    const check = assign.check({ kind: "GRU", slots: {} });
    assert.equal(check.constructorLine, "nn.GRU(…)");
    assert.equal(check.sizes.hiddenSize, null);
    assert.deepEqual(
      check.slots.map(({ id, state, expected }) => [id, state, expected.length]),
      [
        ["weight_ih_l0", "missing", 0],
        ["weight_hh_l0", "missing", 0],
        ["bias_ih_l0", "zeros", 0],
        ["bias_hh_l0", "zeros", 0],
      ],
    );
    assert.match(renderText(check.problems[0] ?? assert.fail()), /sizes are not known/);
  });

  it("knows a gate without its tensor", () => {
    const slots = { ...map.slots, weight_hh_l0: [{ tensor: "", gates: "i" }] };
    const check = assign.check({ ...map, slots });
    const weight = check.slots.find(({ id }) => id === "weight_hh_l0");
    assert.equal(weight?.state, "missing");
    assert.equal(renderText(weight.why ?? assert.fail()), "choose a tensor for i");
  });

  it("offers for a slot what fits first, and says which slot has a tensor now", () => {
    const slots = { weight_ih_l0: part("seen"), bias_ih_l0: part("base") };
    const page = assign.choices({
      map: { ...map, slots, hiddenSize: 6 },
      slot: "weight_hh_l0",
      gate: "i",
      query: "",
    });
    assert.equal(page.choices[0]?.part.tensor, "memo/keep/held");
    assert.ok(page.choices.slice(0, 4).every(({ fits }) => fits));
    assert.ok(page.choices.slice(-4).every(({ fits }) => !fits));
    assert.equal(
      page.choices.find(({ part }) => part.tensor === "memo/keep/seen")?.usedBy,
      "weight_ih_l0",
    );
    const found = assign.choices({ map, slot: "weight_hh_l0", gate: "i", query: "show 6x6" });
    assert.deepEqual(
      found.choices.map(({ part }) => part.tensor),
      ["memo/show/held"],
    );
    const gone = assign.choices({ map, slot: "weight_hh_l7x", gate: null, query: "" });
    assert.equal(gone.total, 0);
  });

  it("offers maps that were made before first, where they fit, then guesses", () => {
    const other: ModuleMap = { kind: "GRU", slots: { weight_ih_l0: "a", weight_hh_l0: "b" } };
    const { guesses } = assign.guesses({
      known: [
        { file: "other.unroll.json", map: other },
        { file: "encoder.unroll.json", map },
      ],
      tensors: [],
    });
    assert.deepEqual(guesses[0]?.map, map);
    assert.equal(renderText(guesses[0].reason), "as in encoder.unroll.json");
    assert.ok(guesses.length > 1);
    assert.ok(guesses.slice(1).every(({ isKnown }) => !isKnown));
    assert.ok(guesses.every((guess) => assign.check(guess.map).fits));
  });

  it("answers in time where there are thousands of tensors", () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, at) => [`block.${at}.weight`, zeros(6, 5)]),
    );
    const large = sessionOf({ ...many, ...perGate });
    const page = large.assign.choices({ map, slot: "weight_ih_l0", gate: "f", query: "memo" });
    assert.equal(page.choices[0]?.part.tensor, "memo/keep/seen");
    const all = large.assign.choices({ map, slot: "weight_ih_l0", gate: "f", query: "" });
    assert.equal(all.choices.length, 100);
    assert.ok(all.total >= 5012);
  });
});
