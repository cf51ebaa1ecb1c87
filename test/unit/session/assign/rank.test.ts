/** Runs that PyTorch computed, their weights written as other people write them: the reference finds the map. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { noControl } from "../../../../src/core/control";
import { CancelledError } from "../../../../src/core/errors";
import { renderText, text } from "../../../../src/core/text";
import { chooseEngine } from "../../../../src/engine/choose";
import { guessMaps } from "../../../../src/model/assign/guess/guess";
import { FileSet } from "../../../../src/node/files";
import type { MapTrials } from "../../../../src/protocol/archive/assignMessages";
import { rankByReference } from "../../../../src/session/assign/rank";
import type { Ranking } from "../../../../src/session/assign/ranking";
import { tryMaps } from "../../../../src/session/assign/tryMaps";
import type { Tensor } from "../../../../src/tensor/tensor";
import { fixtures } from "../../support/goldens";
import { archiveOf, type Tensors } from "../../support/memory";

/** Rows of a matrix or a vector, and how many values each has. */
function rowsOf({ shape, data }: Tensor): Tensor["data"][] {
  const [rows = 0] = shape;
  const width = data.length / rows;
  return Array.from({ length: rows }, (_, row) => data.slice(row * width, (row + 1) * width));
}

function tensorOf(rows: readonly Tensor["data"][], isMatrix: boolean): Tensor {
  const width = rows[0]?.length ?? 0;
  const data = Float32Array.from(rows.flatMap((row) => [...row]));
  return { dtype: "float32", shape: isMatrix ? [rows.length, width] : [rows.length], data };
}

function transposed(tensor: Tensor): Tensor {
  if (tensor.shape.length < 2) return tensor;
  const rows = rowsOf(tensor);
  const columns = Array.from(rows[0] ?? [], (_, column) =>
    Float32Array.from(rows, (row) => row[column] ?? 0),
  );
  return tensorOf(columns, true);
}

/** The gate blocks of a tensor in another order. */
function reordered(tensor: Tensor, order: readonly number[]): Tensor {
  const rows = rowsOf(tensor);
  const size = rows.length / order.length;
  const blocks = order.flatMap((gate) => rows.slice(gate * size, (gate + 1) * size));
  return tensorOf(blocks, tensor.shape.length > 1);
}

/** A tensor for each gate. */
function gatesOf(tensor: Tensor, gates: number): Tensor[] {
  const rows = rowsOf(tensor);
  const size = rows.length / gates;
  return Array.from({ length: gates }, (_, gate) =>
    tensorOf(rows.slice(gate * size, (gate + 1) * size), tensor.shape.length > 1),
  );
}

function stacked(tensors: readonly Tensor[]): Tensor {
  const [{ shape } = { shape: [] }] = tensors;
  const data = Float32Array.from(tensors.flatMap((tensor) => [...tensor.data]));
  return { dtype: "float32", shape: [tensors.length, ...shape], data };
}

function named(tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(tensors.map((tensor, index) => [`q${index * 7 + 3}`, tensor]));
}

async function ranked(id: string, write: (own: readonly Tensor[]) => Tensors): Promise<Ranking> {
  const folder = join(fixtures, "cases", id);
  const real = new FileSet();
  try {
    const weights = await real.open(join(folder, "weights.npz"));
    const own: Tensor[] = [];
    for (const entry of weights.entries) own.push(await weights.read(entry));
    const archive = archiveOf(write(own));
    const io = await real.open(join(folder, "io.npz"));
    const files = { open: (name: string) => Promise.resolve(name === "w" ? archive : io) };
    const given = ["h0", "c0"].filter((name) => io.entries.some((entry) => entry.name === name));
    const spec = {
      weights: { file: "w" },
      input: "io#input",
      ...Object.fromEntries(given.map((name) => [name, `io#${name}`])),
      reference: { output: "io#output" },
    };
    const { guesses } = guessMaps(archive.entries);
    const candidates = guesses.map(({ map }) => ({ map }));
    const options = { control: noControl, createEngine: chooseEngine };
    return await rankByReference(spec, candidates, files, options);
  } finally {
    await real.close();
  }
}

const trialSpec = {
  weights: { file: "weights.npz" },
  input: "io.npz#input",
  reference: { output: "io.npz#output", h_n: "io.npz#h_n" },
};

async function tried(id: string): Promise<MapTrials> {
  const folder = join(fixtures, "cases", id);
  const real = new FileSet();
  try {
    const files = { open: (name: string) => real.open(join(folder, name)) };
    const { entries } = await files.open("weights.npz");
    const guesses = guessMaps(entries).guesses.map(({ map }) => ({
      ...{ map, constructorLine: "", isKnown: false },
      reason: text("its shapes fit"),
    }));
    const given = ["h0", "c0"].map((name) => [name, `io.npz#${name}`] as const);
    const { entries: known } = await files.open("io.npz");
    const states = given.filter(([name]) => known.some((entry) => entry.name === name));
    const run = { ...trialSpec, ...Object.fromEntries(states) };
    const options = { control: noControl, createEngine: chooseEngine };
    return await tryMaps(run, guesses, files, options);
  } finally {
    await real.close();
  }
}

function assertFirst({ ranked: [first, second], tried }: Ranking): void {
  assert.equal(first?.reproduces, true);
  assert.ok((first.error ?? 1) < 1e-6, String(first.error));
  assert.ok(second === undefined || second.error === null || second.error > (first.error ?? 0));
  assert.ok(tried > 0);
}

describe("rankByReference", () => {
  it("finds names that say nothing", async () => {
    for (const id of ["lstm-1l", "gru-bi-2l", "rnn-relu-2l", "lstm-proj-2l"]) {
      assertFirst(await ranked(id, named));
    }
  });

  it("finds gates in an order of no framework, transposed", async () => {
    const write = (own: readonly Tensor[]): Tensors =>
      named(own.map((tensor) => transposed(reordered(tensor, [3, 0, 2, 1]))));
    assertFirst(await ranked("lstm-1l", write));
  });

  it("finds one tensor for each gate", async () => {
    assertFirst(await ranked("lstm-1l", (own) => named(own.flatMap((each) => gatesOf(each, 4)))));
  });

  it("finds one kernel for input and state", async () => {
    const write = ([input, state, ...biases]: readonly Tensor[]): Tensors => {
      assert.ok(input !== undefined && state !== undefined);
      const rows = [...rowsOf(transposed(input)), ...rowsOf(transposed(state))];
      return named([tensorOf(rows, true), ...biases]);
    };
    assertFirst(await ranked("lstm-1l", write));
  });

  it("finds stacked states of two layers in two directions", async () => {
    const write = (own: readonly Tensor[]): Tensors => {
      const of = (place: number): Tensor[] => own.filter((_, index) => index % 4 === place);
      return named([...of(0), ...[1, 2, 3].map((place) => stacked(of(place)))]);
    };
    assertFirst(await ranked("gru-bi-2l", write));
  });

  it("says the activation in the map that it finds", async () => {
    const {
      ranked: [first],
    } = await ranked("rnn-relu-2l", named);
    assert.ok(first !== undefined && "map" in first.candidate);
    assert.equal(first.candidate.map.nonlinearity, "relu");
  });

  it("reads the batch first where nothing else reproduces the reference, and says so in the map", async () => {
    const {
      ranked: [first],
    } = await ranked("gru-3l-batchfirst", named);
    assert.equal(first?.reproduces, true);
    assert.ok("map" in first.candidate);
    assert.equal(first.candidate.map.batchFirst, true);
    const { trials } = await tried("gru-3l-batchfirst");
    assert.match(renderText(trials[0]?.sentence ?? text("")), /, with batch_first=True$/);
  });

  it("says how much was left out, and stops when it is told to", async () => {
    const folder = join(fixtures, "cases", "lstm-1l");
    const real = new FileSet();
    try {
      const files = { open: (name: string) => real.open(join(folder, name)) };
      const spec = {
        weights: { file: "weights.npz" },
        input: "io.npz#input",
        reference: { output: "io.npz#output" },
      };
      const { entries } = await files.open("weights.npz");
      const candidates = guessMaps(entries).guesses.map(({ map }) => ({ map }));
      const few = { control: noControl, maxRuns: 0 };
      const { tried, leftOut } = await rankByReference(spec, candidates, files, few);
      assert.deepEqual([tried, leftOut], [0, candidates.length]);
      const stopped = {
        report: () => undefined,
        check: () => {
          throw new CancelledError();
        },
      };
      await assert.rejects(
        rankByReference(spec, candidates, files, { control: stopped }),
        CancelledError,
      );
      await assert.rejects(
        rankByReference({ ...spec, reference: {} }, candidates, files, few),
        /a reference of output, h_n or c_n is needed/,
      );
    } finally {
      await real.close();
    }
  });
});

describe("tryMaps", () => {
  it("lists the map that reproduces the reference first, and says so", async () => {
    const { trials, input, reference, notes } = await tried("lstm-1l");
    const [first, ...others] = trials;
    assert.equal(first?.reproduces, true);
    assert.match(renderText(first.sentence), /^reproduces output, h_n: max \|Δ\| \d/);
    assert.deepEqual([input, reference, notes.length], ["io.npz", "io.npz", 1]);
    assert.ok(others.every(({ sentence }) => renderText(sentence) !== ""));
  });

  it("says with which activation an RNN reproduces it", async () => {
    const { trials } = await tried("rnn-relu-2l");
    const first = trials.find(({ reproduces }) => reproduces);
    assert.equal(first?.nonlinearity, "relu");
    assert.match(renderText(first.sentence), /, with relu$/);
  });
});
