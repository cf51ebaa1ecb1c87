/** Hostile and damaged ONNX files: one sentence each, and nothing believed before it is checked. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isUnrollError } from "../../../../src/core/errors";
import type { Archive } from "../../../../src/formats/base/archive";
import { MemorySource, type ByteSource } from "../../../../src/formats/base/bytes";
import { openArchive } from "../../../../src/formats/open";
import { deriveOnnx } from "../../../../src/model/derive/onnx/onnx";
import { wholeBox } from "../../../../src/tensor/raw";
import { onnxBytes, onnxSiblings } from "../../support/onnxFiles";
import { concat } from "../support";

/** Opens, reads and derives everything; an untagged error fails the test. */
async function outcome(name: string, bytes: Uint8Array): Promise<Archive | string> {
  try {
    const archive = await openArchive(new MemorySource(name, bytes), onnxSiblings);
    for (const entry of archive.entries) {
      await archive.readBox(entry, wholeBox(entry.shape)).catch(tagged);
    }
    for (const { entry, readBox } of deriveOnnx(archive).entries) {
      await readBox(wholeBox(entry.shape)).catch(tagged);
    }
    return archive;
  } catch (error) {
    return tagged(error);
  }
}

function tagged(error: unknown): string {
  assert.ok(isUnrollError(error), `untagged ${String((error as Error).stack)}`);
  assert.ok(error.message.length < 1000, error.message);
  return error.message;
}

const valid = [
  "storage.onnx",
  "bodies.onnx",
  "keras_like.onnx",
  "stack_split.onnx",
  "external.onnx",
  "lstm_peephole.onnx",
  "sequence.pb",
  "input_0.pb",
  "unpacked.pb",
] as const;

describe("damaged ONNX files", function () {
  this.slow(60_000);
  for (const name of valid) {
    it(`${name} cut short anywhere is refused, or opens with what it holds`, async () => {
      const file = onnxBytes(name);
      const step = (length: number): number => (length < 400 || length > file.length - 200 ? 1 : 5);
      for (let length = 0; length < file.length; length += step(length)) {
        await outcome(name, file.subarray(0, length));
      }
    });

    it(`${name} damaged at random is refused, or opens with what it holds`, async () => {
      const file = onnxBytes(name);
      const runs = Number(process.env["FUZZ_RUNS"] ?? 150);
      const change = fc.record({
        place: fc.nat({ max: file.length - 1 }),
        removed: fc.nat({ max: 6 }),
        bytes: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.constant(new Uint8Array(9).fill(0xff))),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          let damaged: Uint8Array = file;
          for (const { place, removed, bytes } of changes) {
            const rest = damaged.subarray(Math.min(damaged.length, place + removed));
            damaged = concat(damaged.subarray(0, place), bytes, rest);
          }
          await outcome(name, damaged);
        }),
        { numRuns: runs },
      );
    });
  }
});

/** The fields of a message, for files that no writer makes. */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

const numberField = (field: number, value: number | bigint): Uint8Array =>
  concat(varint(field << 3), varint(value));
const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  concat(varint((field << 3) | 2), varint(value.length), value);
const textField = (field: number, value: string): Uint8Array =>
  bytesField(field, Buffer.from(value));
const repeated = (part: Uint8Array, count: number): Uint8Array =>
  Buffer.concat(new Array<Uint8Array>(count).fill(part));
const modelOf = (...graph: readonly Uint8Array[]): Uint8Array =>
  concat(numberField(1, 8), bytesField(7, concat(...graph)));
const nodeOf = (operator: string, inputs: readonly string[], output: string): Uint8Array =>
  bytesField(
    1,
    concat(
      ...inputs.map((name) => textField(1, name)),
      textField(2, output),
      textField(4, operator),
    ),
  );
const tensorOf = (name: string, dims: readonly (number | bigint)[], raw: Uint8Array): Uint8Array =>
  bytesField(
    5,
    concat(
      ...dims.map((size) => numberField(1, size)),
      numberField(2, 1),
      textField(8, name),
      bytesField(9, raw),
    ),
  );

describe("hostile ONNX files", () => {
  const refused: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    [
      "ten million nodes",
      () => modelOf(repeated(bytesField(1, new Uint8Array()), 10_000_000)),
      /number of nodes/,
    ],
    [
      "ten million tensors",
      () => modelOf(repeated(bytesField(5, new Uint8Array()), 10_000_000)),
      /number of tensors/,
    ],
    [
      "a node of ten million inputs",
      () => modelOf(bytesField(1, repeated(textField(1, ""), 10_000_000))),
      /number of fields/,
    ],
    [
      "a name of a megabyte",
      () => modelOf(tensorOf("x".repeat(2 ** 20), [1], new Uint8Array(4))),
      /length of a name/,
    ],
    [
      "negative sizes",
      () => modelOf(tensorOf("x", [-1, -1], new Uint8Array(4))),
      /x has no valid shape/,
    ],
    [
      "sizes that overflow",
      () => modelOf(tensorOf("x", [2n ** 62n, 4], new Uint8Array(4))),
      /x has no valid shape/,
    ],
    [
      "a petabyte",
      () => modelOf(tensorOf("x", [2 ** 24, 2 ** 24], new Uint8Array(4))),
      /needs 1125899906842624 bytes; the file holds 4/,
    ],
    [
      "a hundred axes",
      () => modelOf(tensorOf("x", new Array<number>(100).fill(1), new Uint8Array(4))),
      /x has no valid shape/,
    ],
    [
      "a length beyond the file",
      () => concat(numberField(1, 8), varint(58), varint(2 ** 31 - 1), varint(8)),
      /beyond the end of its message/,
    ],
    ["a group", () => concat(modelOf(), Uint8Array.of(0x0b)), /not a field of a protocol buffer/],
    [
      "an endless varint",
      () => concat(modelOf(), numberField(5, 1).subarray(0, 1), new Uint8Array(30).fill(0xff)),
      /not a field of a protocol buffer/,
    ],
    [
      "a model without a graph",
      () => concat(numberField(1, 8), textField(2, "pytorch")),
      /no graph/,
    ],
  ];
  for (const [what, make, sentence] of refused) {
    it(`${what} is refused in one sentence`, async () => {
      const found = await outcome("x.onnx", make());
      assert.ok(typeof found === "string", what);
      assert.match(found, sentence);
    });
  }

  it("graphs within graphs end at a bound", async () => {
    let graph: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 2000; depth++) {
      graph = bytesField(1, bytesField(5, concat(textField(1, "body"), bytesField(6, graph))));
    }
    const found = await outcome("x.onnx", modelOf(graph));
    assert.ok(typeof found === "string");
    assert.match(found, /depth of graphs within graphs/);
  });

  it("a constant that is joined with itself again and again is not followed", async () => {
    const nodes = Array.from({ length: 40 }, (_, index) => {
      const from = index === 0 ? "x" : `y${index - 1}`;
      const axis = bytesField(5, concat(textField(1, "axis"), numberField(3, 0)));
      const body = [textField(1, from), textField(1, from), textField(2, `y${index}`)];
      return bytesField(1, concat(...body, textField(4, "Concat"), axis));
    });
    const last = nodeOf("Relu", ["y39"], "z");
    const archive = await outcome(
      "x.onnx",
      modelOf(tensorOf("x", [2], new Uint8Array(8)), ...nodes, last),
    );
    assert.ok(typeof archive === "object");
    // 2^10 pieces are read, more are not.
    assert.deepEqual(
      archive.entries.map(({ name, shape }) => [name, shape]),
      [
        ["x", [2]],
        ["y9", [2048]],
      ],
    );
  });

  it("special names such as __proto__ are ordinary names", async () => {
    const names = ["__proto__", "constructor", "", "x", "x", "\u202e"];
    const tensors = names.map((name) => tensorOf(name, [1], new Uint8Array(4)));
    const archive = await outcome("x.onnx", modelOf(...tensors));
    assert.ok(typeof archive === "object");
    assert.deepEqual(
      archive.entries.map(({ name }) => name),
      ["__proto__", "constructor", "tensor", "x", "x#2", "\u202e"],
    );
  });

  it("reads that cannot fit a buffer are refused before they are made", async () => {
    // A file of two terabytes that holds one tensor.
    const size = 2 ** 41;
    const place = concat(
      numberField(1, 2 ** 39),
      numberField(2, 1),
      textField(8, "x"),
      varint((13 << 3) | 2),
    );
    const entry = (key: string, value: string): Uint8Array =>
      concat(textField(1, key), textField(2, value));
    const written = [entry("location", "big"), entry("length", String(size))];
    const external = written.map((each) => bytesField(13, each));
    const tensor = concat(place.subarray(0, place.length - 1), ...external, numberField(14, 1));
    const big: ByteSource = {
      name: "big",
      size,
      read: () => Promise.reject(new Error("read")),
    };
    const bytes = modelOf(bytesField(5, tensor));
    const archive = await openArchive(new MemorySource("x.onnx", bytes), {
      open: () => Promise.resolve(big),
    });
    const [x] = archive.entries;
    assert.ok(x);
    await assert.rejects(archive.readBox(x, wholeBox(x.shape)), /the size of x in bytes is/);
    await assert.rejects(archive.readBox(x, { start: [2 ** 38], size: [4] }), /read/);
  });

  it("the values of a large file are not read when it is opened", async () => {
    const raw = 2 ** 30;
    const head = concat(
      numberField(1, 8),
      varint((7 << 3) | 2),
      varint(raw + 20),
      varint((5 << 3) | 2),
      varint(raw + 14),
      numberField(1, raw / 4),
      numberField(2, 1),
      varint((9 << 3) | 2),
      varint(raw),
    );
    const size = head.length + raw;
    let read = 0;
    const source: ByteSource = {
      name: "large.onnx",
      size,
      read: (offset, length) => {
        read += length;
        const bytes = new Uint8Array(length);
        bytes.set(head.subarray(offset, offset + length));
        return Promise.resolve(bytes);
      },
    };
    const archive = await openArchive(source);
    assert.deepEqual(
      archive.entries.map(({ shape }) => shape),
      [[raw / 4]],
    );
    assert.ok(read < 20_000, `${read} bytes`);
    const [entry] = archive.entries;
    assert.ok(entry);
    read = 0;
    await archive.readBox(entry, { start: [2 ** 20], size: [4] });
    assert.equal(read, 16);
  });
});
