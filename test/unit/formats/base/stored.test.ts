/** Parts of strided tensors: the right elements, by few and short reads. */
import assert from "node:assert/strict";
import { MemorySource } from "../../../../src/formats/base/bytes";
import {
  rangeIn,
  readStoredBox,
  type ByteRange,
  type StoredTensor,
} from "../../../../src/formats/base/stored";
import { columnMajorStrides, rowMajorStrides } from "../../../../src/tensor/strided";
import type { Box } from "../../../../src/tensor/raw";

/** Bytes that say where they are: element n of a float32 range is n. Remembers what was read. */
class Counting implements ByteRange {
  readonly size: number;
  readonly sequential: boolean;
  readonly reads: (readonly [offset: number, length: number])[] = [];

  constructor(elements: number, sequential = false) {
    this.size = 4 * elements;
    this.sequential = sequential;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    assert.ok(offset >= 0 && offset + length <= this.size, `${offset} + ${length}`);
    this.reads.push([offset, length]);
    const first = offset / 4;
    return Promise.resolve(
      new Uint8Array(Uint32Array.from({ length: length / 4 }, (_, index) => first + index).buffer),
    );
  }

  get bytesRead(): number {
    return this.reads.reduce((sum, [, length]) => sum + length, 0);
  }
}

interface View {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
}

async function read(
  bytes: Counting,
  { shape, strides, offset = 0 }: View,
  box: Box,
): Promise<readonly number[]> {
  const stored: StoredTensor = {
    dtype: "uint32",
    littleEndian: true,
    shape,
    strides,
    offset,
    bytes,
  };
  const values = await readStoredBox("f", "w", stored, box);
  assert.deepEqual(values.shape, box.size);
  return [...new Uint32Array(values.bytes.buffer)];
}

function expected({ strides, offset = 0 }: View, { start, size }: Box): readonly number[] {
  return size.reduce(
    (places, length, axis) =>
      places.flatMap((place) =>
        Array.from(
          { length },
          (_, index) => place + ((start[axis] ?? 0) + index) * (strides[axis] ?? 0),
        ),
      ),
    [offset],
  );
}

describe("readStoredBox", function () {
  this.slow(5000);
  const shape = [300, 400, 5];
  const views: readonly (readonly [string, View])[] = [
    ["row-major", { shape, strides: rowMajorStrides(shape) }],
    ["column-major", { shape, strides: columnMajorStrides(shape) }],
    ["permuted", { shape, strides: [5, 1500, 1], offset: 7 }],
    ["repeated", { shape, strides: [400, 1, 0] }],
  ];
  const boxes: readonly Box[] = [
    { start: [0, 0, 0], size: shape },
    { start: [100, 50, 1], size: [7, 9, 3] },
    { start: [299, 0, 4], size: [1, 400, 1] },
    { start: [0, 399, 0], size: [300, 1, 5] },
    { start: [5, 5, 5], size: [0, 3, 0] },
    { start: [3, 4, 0], size: [1, 1, 1] },
  ];
  for (const [what, view] of views) {
    it(`reads parts of a ${what} tensor`, async () => {
      for (const box of boxes) {
        assert.deepEqual(await read(new Counting(600_100), view, box), expected(view, box));
        const sequential = new Counting(600_100, true);
        assert.deepEqual(await read(sequential, view, box), expected(view, box));
        assert.ok(sequential.reads.length <= 1);
      }
    });
  }

  it("reads a window of a giant by the bytes around it", async () => {
    const giant = { shape: [2 ** 20, 2 ** 20], strides: [1, 2 ** 20] };
    const bytes = new Counting(2 ** 40);
    const box = { start: [2 ** 19, 2 ** 19], size: [64, 64] };
    assert.deepEqual(
      await read(bytes, giant, box),
      expected(giant, box).map((place) => place % 2 ** 32),
    );
    assert.equal(bytes.reads.length, 64);
    assert.equal(bytes.bytesRead, 4 * 64 * 64);
  });

  it("reads neighbours together, and never more than a slab at once", async () => {
    const view = { shape: [4096, 4096], strides: [1, 4096] };
    const near = new Counting(2 ** 24);
    await read(near, view, { start: [0, 0], size: [1, 4096] });
    assert.ok(near.reads.length <= 5, `${near.reads.length} reads`);
    for (const [, length] of near.reads) assert.ok(length <= 2 ** 24);
  });

  it("divides a single index that is more than a slab", async () => {
    const view = { shape: [2, 8_000_000], strides: [8_000_000, 1] };
    const bytes = new Counting(16_000_000);
    const box = { start: [0, 0], size: [2, 7_900_000] };
    const values = await read(bytes, view, box);
    assert.equal(values[7_900_000], 8_000_000);
    assert.equal(values.at(-1), 15_899_999);
  });

  it("refuses what does not fit a buffer, and repetition without end", async () => {
    const giant = { shape: [2 ** 15, 2 ** 15], strides: [2 ** 15, 1] };
    const whole = { start: [0, 0], size: giant.shape };
    await assert.rejects(read(new Counting(2 ** 30), giant, whole), {
      tag: "limit",
      message: /^f: the size of w in bytes is 4294967296/,
    });
    const repeated = { shape: [2 ** 26], strides: [0] };
    const box = { start: [0], size: repeated.shape };
    await assert.rejects(read(new Counting(1), repeated, box), {
      tag: "limit",
      message: /which repeats 4 bytes/,
    });
    assert.deepEqual(
      await read(new Counting(1), repeated, { start: [2 ** 25], size: [3] }),
      [0, 0, 0],
    );
  });

  it("converts words to the byte order of the machine", async () => {
    const bytes = Uint8Array.of(0, 1, 0, 2, 0, 3, 0, 4);
    const range = {
      size: 8,
      read: (offset: number, length: number) =>
        Promise.resolve(bytes.subarray(offset, offset + length)),
    };
    const stored: StoredTensor = {
      dtype: "int16",
      shape: [2, 2],
      strides: [1, 2],
      offset: 0,
      bytes: range,
      littleEndian: false,
    };
    const values = await readStoredBox("f", "w", stored, { start: [0, 0], size: [2, 2] });
    assert.deepEqual([...new Int16Array(values.bytes.buffer)], [1, 3, 2, 4]);
  });
});

describe("who has the bytes of a part", () => {
  const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const box = { start: [0, 0], size: [2, 2] };

  async function readIt(range: ByteRange, littleEndian = true): Promise<Uint8Array> {
    const stored = { dtype: "float32", shape: [2, 2], strides: [2, 1], offset: 0 } as const;
    return (await readStoredBox("a.bin", "w", { ...stored, littleEndian, bytes: range }, box))
      .bytes;
  }

  it("is the caller alone, though the source keeps what it gives", async () => {
    const kept = bytes.slice();
    const values = await readIt({ size: 16, read: () => Promise.resolve(kept) });
    assert.notEqual(values.buffer, kept.buffer);
    const whole = await readIt(rangeIn(new MemorySource("a.bin", kept), 0, 16));
    assert.notEqual(whole.buffer, kept.buffer);
  });

  it("is the caller without a copy, where the source gives them away", async () => {
    const given = bytes.slice();
    const range = { size: 16, givesOwnBytes: true, read: () => Promise.resolve(given) };
    assert.equal((await readIt(range)).buffer, given.buffer);
    const swapped = await readIt({ ...range, read: () => Promise.resolve(bytes.slice()) }, false);
    assert.deepEqual([...swapped.subarray(0, 4)], [...bytes.subarray(0, 4)].reverse());
  });

  it("is the caller with a copy, where the bytes are a part of a larger buffer", async () => {
    const larger = new Uint8Array(20);
    larger.set(bytes, 4);
    const range = {
      size: 16,
      givesOwnBytes: true,
      read: () => Promise.resolve(larger.subarray(4)),
    };
    const values = await readIt(range);
    assert.notEqual(values.buffer, larger.buffer);
    assert.deepEqual(values, bytes);
  });
});
