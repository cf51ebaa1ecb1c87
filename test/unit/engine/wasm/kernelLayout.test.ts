/** The words of layers, tasks and barriers: written and read by one set of constants, by the engine and by its kernel. */
import assert from "node:assert/strict";
import * as Barrier from "../../../../src/engine/wasm/kernel/layout/barrier";
import * as Cell from "../../../../src/engine/wasm/kernel/layout/cell";
import * as Layer from "../../../../src/engine/wasm/kernel/layout/layer";
import { cacheLineBytes, tileLineBytes } from "../../../../src/engine/wasm/kernel/layout/memory";
import * as Task from "../../../../src/engine/wasm/kernel/layout/task";
import { fastestBinary, instantiate, type Kernel } from "../../../../src/engine/wasm/binary";
import { PackedLayers } from "../../../../src/engine/wasm/layers";
import { KernelMemory } from "../../../../src/engine/wasm/memory";
import { taskBytes, writeTask, type TaskValues } from "../../../../src/engine/wasm/task";
import { runOf } from "../../support/wasmRuns";

function kernelOver(memory: KernelMemory): Kernel {
  const binary = fastestBinary();
  assert.ok(binary !== null);
  return instantiate(binary.module(true), memory.memory, memory.bytesPerValue);
}

function reader(memory: KernelMemory, address: number): (offset: number) => number {
  return (offset) => memory.words[(address + offset) / 4] ?? NaN;
}

/** Each value of a task is another one. */
const distinct: TaskValues = {
  layer: 101,
  steps: 102,
  from: 103,
  isReverse: true,
  batchSize: 104,
  rows: { from: 105, to: 106 },
  lengths: 107,
  stateH: 108,
  stateC: 109,
  h: 110,
  c: 111,
  scratch: 112,
  block: 113,
  until: 114,
  together: { otherH: 115, barrier: 116, participants: 117 },
  x: [
    { address: 118, features: 119 },
    { address: 120, features: 121 },
  ],
};

describe("layout of the kernel's memory", () => {
  const { bytes: layerBytes, ...layerWords } = Layer;
  const { firstPart, bytesOfPart, partAddress, partFeatures, ...taskWords } = Task;
  const structures: [string, Record<string, number>, number][] = [
    ["a layer", layerWords, layerBytes],
    ["a task", taskWords, firstPart],
    ["a part of x", { partAddress, partFeatures }, bytesOfPart],
  ];
  for (const [name, words, bytes] of structures) {
    it(`gives each word of ${name} a place of its own`, () => {
      const offsets = Object.values(words).sort((a, b) => a - b);
      assert.deepEqual(
        offsets,
        offsets.map((_, index) => 4 * index),
      );
      assert.equal(4 * offsets.length, bytes);
    });
  }

  it("has room for a barrier in a cache line, and for the parts of two directions in a task", () => {
    const ends = Object.values(Barrier).map((offset) => offset + 4);
    assert.equal(new Set(ends).size, 3);
    assert.ok(Math.max(...ends) <= cacheLineBytes);
    assert.ok(taskBytes >= firstPart + 2 * bytesOfPart);
  });

  it("has each value of a task where the kernel reads it", () => {
    const memory = new KernelMemory(2 ** 16, 4, true);
    const address = memory.reserve(taskBytes);
    writeTask(memory, address, distinct);
    const word = reader(memory, address);
    const { done, ...written } = taskWords;
    const values = Object.entries(written).map(([name, offset]) => [name, word(offset)]);
    assert.deepEqual(Object.fromEntries(values), {
      layer: 101,
      steps: 102,
      time: 103,
      reverse: 1,
      batchSize: 104,
      rowFrom: 105,
      rowTo: 106,
      lengths: 107,
      stateH: 108,
      stateC: 109,
      h: 110,
      c: 111,
      scratch: 112,
      block: 113,
      until: 114,
      otherH: 115,
      barrier: 116,
      participants: 117,
      parts: 2,
    });
    assert.equal(word(done), 0);
    const parts = [0, 1].map((index) => firstPart + index * bytesOfPart);
    assert.deepEqual(
      parts.flatMap((part) => [word(part + partAddress), word(part + partFeatures)]),
      [118, 119, 120, 121],
    );
  });

  it("has the sizes of a layer, and of a part of its units, where the kernel reads them", () => {
    const memory = new KernelMemory(2 ** 20, 4, true);
    const sizesOfRun = { seqLength: 1, batchSize: 1, lengths: null };
    const { config, weights } = runOf({ cell: "GRU", inputSize: 5, hiddenSize: 40 }, sizesOfRun);
    const layers = new PackedLayers(memory, kernelOver(memory), { config, weights });
    const lane = { layer: 0, directionIndex: 0 };
    const [whole = 0] = layers.sharesOf(lane, { of: "rows", tasksEach: 1 }).layers;
    const [, second = 0] = layers.sharesOf(lane, { of: "units", tasksEach: 2 }).layers;
    const of = reader(memory, whole);
    const ofPart = reader(memory, second);
    const sizes = ["cell", "inputSize", "hiddenSize", "stateSize", "vectors"] as const;
    // 40 units are 10 groups of 4 lanes, three gates each: 30 vectors.
    assert.deepEqual(
      sizes.map((name) => of(Layer[name])),
      [Cell.gru, 5, 40, 40, 30],
    );
    assert.deepEqual([of(Layer.firstUnit), of(Layer.units)], [0, 40]);
    assert.deepEqual([of(Layer.weightHr), of(Layer.zeros), of(Layer.hasNonFinite)], [0, 0, 0]);
    // The second part begins at group 4: 12 vectors, 6 tiles further.
    assert.deepEqual(
      sizes.map((name) => ofPart(Layer[name])),
      [Cell.gru, 5, 40, 40, 18],
    );
    assert.deepEqual([ofPart(Layer.firstUnit), ofPart(Layer.units)], [16, 24]);
    assert.equal(ofPart(Layer.weightIh) - of(Layer.weightIh), 6 * 5 * tileLineBytes);
    assert.equal(ofPart(Layer.weightHh) - of(Layer.weightHh), 6 * 40 * tileLineBytes);
    for (const bias of [Layer.bias, Layer.biasHh]) {
      assert.equal(ofPart(bias) - of(bias), 6 * tileLineBytes);
    }
  });

  it("is what the compiled kernel computes by", () => {
    const memory = new KernelMemory(2 ** 16, 4, true);
    const kernel = kernelOver(memory);
    const place = (...values: number[]): number => {
      const address = memory.reserve(tileLineBytes);
      memory.write(address, Float32Array.from(values));
      return address;
    };
    const layer = memory.reserve(Layer.bytes);
    memory.writeWords(layer, [
      [Layer.cell, Cell.rnnRelu],
      [Layer.inputSize, 1],
      [Layer.hiddenSize, 1],
      [Layer.stateSize, 1],
      [Layer.vectors, 2],
      [Layer.weightIh, place(3)],
      [Layer.weightHh, place(5)],
      [Layer.bias, place(7)],
      [Layer.units, 1],
    ]);
    const [stateH, h] = [place(2), place(0)];
    const task = memory.reserve(taskBytes);
    writeTask(memory, task, {
      layer,
      steps: 1,
      from: 0,
      isReverse: false,
      batchSize: 1,
      rows: { from: 0, to: 1 },
      lengths: 0,
      stateH,
      stateC: 0,
      h,
      c: 0,
      scratch: memory.reserve(kernel.scratchBytes(layer, 1, 1)),
      block: 1,
      until: 1,
      together: null,
      x: [{ address: place(11), features: 1 }],
    });
    kernel.run(task);
    const expected = [3 * 11 + 7 + 5 * 2];
    assert.deepEqual([...memory.values(h, 1)], expected);
    assert.deepEqual([...memory.values(stateH, 1)], expected);
    assert.equal(reader(memory, task)(Task.done), 1);
  });
});
