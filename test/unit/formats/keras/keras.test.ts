import assert from "node:assert/strict";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource } from "../../../../src/formats/base/bytes";
import type { DeclaredModule, KerasRecurrent } from "../../../../src/formats/base/declared";
import { openArchive } from "../../../../src/formats/open";
import { openZip } from "../../../../src/formats/zip/zip";
import { assertRefused, fixtureSource, makeZip, openBytes, readAll, readFixture } from "../support";

/** The members of a `.keras` fixture, whose own archive is compressed. */
async function membersOf(name: string): Promise<Record<string, Uint8Array>> {
  const { members } = await openZip(fixtureSource(`keras/${name}`));
  const contents: Record<string, Uint8Array> = {};
  for (const member of members) contents[member.name] = await member.read();
  return contents;
}

async function weightsOf(name: string): Promise<Archive> {
  const weights = (await membersOf(name))["model.weights.h5"];
  assert.ok(weights);
  return openBytes("x.weights.h5", weights);
}

function named(declared: readonly DeclaredModule[], name: string): KerasRecurrent {
  const module = declared.find(
    (each): each is KerasRecurrent =>
      each.framework === "keras" && each.kind === "recurrent" && each.name === name,
  );
  assert.ok(module, name);
  return module;
}

function summary(declared: readonly DeclaredModule[]): string[] {
  return declared
    .map((each) => (each.framework === "keras" ? `${each.kind} ${each.name}` : each.framework))
    .sort();
}

const nestedLayers = [
  "embedding lookup",
  "linear every_step",
  "linear head",
  "recurrent both",
  "recurrent cell_layer",
  "recurrent inner.recurrent",
  "recurrent last",
  "recurrent lower",
  "recurrent recurrent",
  "recurrent upper",
];

describe("a Keras model in HDF5", () => {
  it("declares its layers at any depth, told apart by the models around them", async () => {
    const { declared, format } = await openArchive(fixtureSource("keras/nested.h5"));
    assert.equal(format, "hdf5");
    assert.deepEqual(summary(declared), nestedLayers);
    assert.equal(named(declared, "inner.recurrent").cell, "GRU");
    assert.equal(named(declared, "recurrent").cell, "RNN");
  });

  it("says what its configuration says", async () => {
    const { declared } = await openArchive(fixtureSource("keras/nested.h5"));
    const both = named(declared, "both");
    assert.equal(both.mergeMode, "sum");
    assert.ok(both.backward?.kernel.includes("backward_lstm"));
    assert.equal(named(declared, "last").recurrentActivation, "relu");
    const backwards = named(declared, "recurrent");
    assert.deepEqual([backwards.goBackwards, backwards.activation], [true, "sigmoid"]);
    assert.deepEqual(
      [named(declared, "upper").resetAfter, named(declared, "last").resetAfter],
      [false, true],
    );
    assert.ok(
      declared.every(
        (each) => each.framework !== "keras" || each.kind !== "recurrent" || each.kerasMajor === 3,
      ),
    );
  });

  it("of Keras 2 is read with and without a configuration", async () => {
    const model = (await openArchive(fixtureSource("keras/keras2.h5"))).declared;
    assert.deepEqual(summary(model), ["recurrent bidirectional", "recurrent gru"]);
    const { kerasMajor, recurrentActivation, timeMajor, resetAfter } = named(model, "gru");
    assert.deepEqual(
      [kerasMajor, recurrentActivation, timeMajor, resetAfter],
      [2, "hard_sigmoid", false, false],
    );
    const weights = (await openArchive(fixtureSource("keras/keras2.weights.h5"))).declared;
    assert.deepEqual(summary(weights), summary(model));
    const bare = named(weights, "bidirectional");
    assert.deepEqual([bare.activation, bare.mergeMode, bare.cell], [null, null, "LSTM"]);
    assert.ok(bare.backward);
  });
});

describe("a .keras archive", () => {
  it("declares the same layers, compressed or stored", async () => {
    const compressed = await openArchive(fixtureSource("keras/nested.keras"));
    assert.equal(compressed.format, "keras");
    assert.deepEqual(summary(compressed.declared), nestedLayers);
    const stored = await openBytes("x.keras", await makeZip(await membersOf("nested.keras")));
    assert.deepEqual(stored.declared, compressed.declared);
    assert.deepEqual(await readAll(stored), await readAll(compressed));
    assert.equal(named(stored.declared, "recurrent").goBackwards, true);
    assert.equal(named(stored.declared, "both").mergeMode, "sum");
  });

  it("has weights that say less on their own: names, cells and directions", async () => {
    const { declared } = await weightsOf("nested.keras");
    assert.deepEqual(summary(declared), nestedLayers);
    const both = named(declared, "both");
    assert.deepEqual([both.cell, both.mergeMode, both.goBackwards], ["LSTM", null, null]);
    assert.ok(both.backward);
    // The bias of a GRU tells where its reset gate acts.
    assert.equal(named(declared, "upper").resetAfter, false);
    assert.equal(named(declared, "last").resetAfter, true);
  });

  it("is refused when it, or the HDF5 file in it, is damaged", async () => {
    const members = await membersOf("nested.keras");
    const weights = members["model.weights.h5"] ?? new Uint8Array();
    const cut = { ...members, "model.weights.h5": weights.subarray(0, 3000) };
    await assertRefused(
      "x.keras",
      await makeZip(cut),
      "format",
      /HDF5 data are damaged: truncated/,
    );
    const zip = readFixture("keras/nested.keras");
    await assertRefused("x.keras", zip.subarray(0, 3000), "format", /zip directory/);
  });

  it("opens with a configuration that does not describe layers", async () => {
    const members = await membersOf("nested.keras");
    const deep = new TextEncoder().encode('{"config":{"layers":['.repeat(5000));
    const strange = new TextEncoder().encode(
      '{"class_name": 3, "config": {"layers": [null, {"config": 1}]}}',
    );
    for (const config of [deep, strange]) {
      const zip = await makeZip({ ...members, "config.json": config });
      assert.deepEqual(summary((await openBytes("x.keras", zip)).declared), nestedLayers);
    }
  });
});

describe("tensors that only look like layers", () => {
  it("are not declared", async () => {
    const archive = await openArchive(new MemorySource("x.h5", readFixture("hdf5/numbers.h5")));
    assert.deepEqual(archive.declared, []);
  });
});
