/** The map that is edited by hand: guesses taken, late answers, steps back, trials, and what survives a reload. */
import assert from "node:assert/strict";
import { text } from "../../../../../src/core/text";
import type {
  CheckedMap,
  MapGuess,
  ModuleMap,
} from "../../../../../src/protocol/archive/assignMessages";
import { settle } from "../../run/bench";
import { tensorBench } from "../tensorBench";

const lstm: ModuleMap = { kind: "LSTM", slots: { weight_ih_l0: "a", weight_hh_l0: "b" } };
const gru: ModuleMap = { kind: "GRU", slots: { weight_ih_l0: "a" } };

function guess(map: ModuleMap): MapGuess {
  return { map, constructorLine: `nn.${map.kind}(3, 4)`, reason: text("fits"), isKnown: false };
}

function checked({ kind }: ModuleMap): CheckedMap {
  return { constructorLine: `nn.${kind}(3, 4)`, fits: kind === "LSTM" } as unknown as CheckedMap;
}

function bench(
  changes: Parameters<typeof tensorBench>[0] = {},
  state?: unknown,
): ReturnType<typeof tensorBench> {
  return tensorBench(
    {
      "assign/guesses": () => ({ guesses: [guess(lstm), guess(gru)], leftOut: 0, empty: gru }),
      "assign/check": ({ map }) => checked(map),
      ...changes,
    },
    state,
  );
}

describe("assigning in the tensor editor", () => {
  it("begins with the first guess, and with an empty form where there is none", async () => {
    const { store } = bench();
    await store.refresh();
    await store.assign.open([]);
    await settle();
    assert.deepEqual(store.assign.form?.now, lstm);
    assert.equal(store.state.assign.check?.fits, true);
    const other = bench({ "assign/guesses": () => ({ guesses: [], leftOut: 0, empty: gru }) });
    await other.store.refresh();
    await other.store.assign.open([]);
    assert.deepEqual(other.store.assign.form?.now, gru);
  });

  it("checks each edit, goes back, and keeps the answer of the last one", async () => {
    let release: (() => void) | undefined;
    const { store } = bench({
      "assign/check": async ({ map }) => {
        if (map.kind === "GRU") await new Promise<void>((resolve) => (release = resolve));
        return checked(map);
      },
    });
    await store.refresh();
    await store.assign.open([]);
    await settle();
    store.assign.edit(gru);
    await settle();
    store.assign.undo();
    await settle();
    release?.();
    await settle();
    assert.deepEqual(store.assign.form?.now, lstm);
    assert.equal(store.state.assign.check?.constructorLine, "nn.LSTM(3, 4)");
    store.assign.redo();
    assert.deepEqual(store.assign.form.now, gru);
  });

  it("lists what was tried in the order of its error, and takes what reproduces the reference", async () => {
    const trial = {
      error: 1e-7,
      reproduces: true,
      nonlinearity: null,
      sentence: text("reproduces"),
    };
    const { store } = bench({
      "assign/try": ({ guesses }) => ({
        trials: [...guesses].reverse().map((each) => ({ ...each, ...trial })),
        input: "x.npy",
        reference: "y.npy",
        notes: [],
      }),
    });
    await store.refresh();
    await store.assign.open([]);
    await settle();
    await store.assign.tryAgainstReference();
    assert.deepEqual(store.assign.form?.now, gru);
    assert.deepEqual(
      store.assign.offered.map(({ map }) => map.kind),
      ["GRU", "LSTM"],
    );
    assert.equal(store.state.assign.isTrying, false);
    store.assign.forgetTrials();
    assert.equal(store.assign.offered[0]?.map.kind, "LSTM");
  });

  it("comes back from a reload with its map, open as it was", async () => {
    const { store, saved } = bench();
    await store.refresh();
    await store.assign.open([]);
    await settle();
    store.assign.edit(gru);
    const again = bench({}, saved());
    await again.store.refresh();
    await settle();
    assert.deepEqual(again.store.assign.form?.now, gru);
    assert.equal(again.store.state.assign.isOpen, true);
    assert.equal(again.store.state.assign.check?.constructorLine, "nn.GRU(3, 4)");
    const broken = bench({}, { ...saved(), assignment: { map: { kind: "XYZ" }, isOpen: true } });
    assert.equal(broken.store.assign.form, null);
  });
});
