/** Protocol buffers that an encoder of this file writes, read back field by field; damaged ones are refused. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError } from "../../src/core/errors";
import { MemorySource } from "../../src/formats/base/bytes";
import { ProtobufFile } from "../../src/formats/onnx/protobuf/protobuf";
import type { ByteSpan, WireField } from "../../src/formats/onnx/protobuf/wireField";
import { VarintReader, WIRE } from "../../src/formats/base/varints";

type Value =
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "ints"; readonly values: readonly bigint[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly values: readonly number[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "message"; readonly fields: readonly Field[] };

interface Field {
  readonly number: number;
  readonly value: Value;
}

/** `bytes` at least: longer than needed where that is allowed. */
function varint(value: bigint, bytes = 1): number[] {
  const encoded: number[] = [];
  for (let rest = BigInt.asUintN(64, value); rest > 0n || encoded.length < bytes; rest >>= 7n) {
    encoded.push(Number(rest & 0x7fn) | 0x80);
  }
  return [...encoded.slice(0, -1), (encoded.at(-1) ?? 0) & 0x7f];
}

function reals(values: readonly number[], width: 4 | 8): number[] {
  const bytes = Buffer.alloc(width * values.length);
  values.forEach((value, index) => {
    if (width === 4) bytes.writeFloatLE(value, 4 * index);
    else bytes.writeDoubleLE(value, 8 * index);
  });
  return [...bytes];
}

function payloadOf(value: Value): readonly [wire: number, bytes: readonly number[]] {
  switch (value.kind) {
    case "int":
      return [WIRE.varint, varint(value.value)];
    case "float":
      return [WIRE.fixed32, reals([value.value], 4)];
    case "double":
      return [WIRE.fixed64, reals([value.value], 8)];
    case "ints":
      return [WIRE.bytes, value.values.flatMap((each) => varint(each))];
    case "floats":
      return [WIRE.bytes, reals(value.values, 4)];
    case "string":
      return [WIRE.bytes, [...Buffer.from(value.value, "utf8")]];
    case "message":
      return [WIRE.bytes, encode(value.fields)];
  }
}

function encode(fields: readonly Field[]): number[] {
  return fields.flatMap(({ number, value }) => {
    const [wire, bytes] = payloadOf(value);
    const tag = varint(BigInt(number * 8 + wire));
    return [...tag, ...(wire === WIRE.bytes ? varint(BigInt(bytes.length)) : []), ...bytes];
  });
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const ints = fc.oneof(int64, fc.integer({ min: -200, max: 200 }).map(BigInt));
const float = fc.float({ noNaN: true });
/** As literals are: records compare by their prototypes too. */
const plain = { noNullPrototype: true };
const leaves: fc.Arbitrary<Value>[] = [
  fc.record({ kind: fc.constant("int" as const), value: ints }, plain),
  fc.record({ kind: fc.constant("ints" as const), values: fc.array(ints) }, plain),
  fc.record({ kind: fc.constant("float" as const), value: float }, plain),
  fc.record({ kind: fc.constant("floats" as const), values: fc.array(float) }, plain),
  fc.record(
    {
      kind: fc.constant("string" as const),
      value: fc.string({ unit: "grapheme", maxLength: 200 }),
    },
    plain,
  ),
  fc.record({ kind: fc.constant("double" as const), value: fc.double({ noNaN: true }) }, plain),
];
const number = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 29 - 1 }));
const fieldsOf = (values: fc.Arbitrary<Value>): fc.Arbitrary<Field[]> =>
  fc.array(fc.record({ number, value: values }, plain), { maxLength: 12 });
const nested = fieldsOf(fc.oneof(...leaves)).map((fields): Value => ({ kind: "message", fields }));
const messages = fieldsOf(fc.oneof(...leaves, nested));

function fileOf(bytes: readonly number[]): ProtobufFile {
  return new ProtobufFile(new MemorySource("m.onnx", Uint8Array.from(bytes)));
}

/** The field as it is read, in the form in which `expected` was written. */
async function readAs(file: ProtobufFile, field: WireField, expected: Value): Promise<Value> {
  const values: number[] = [];
  switch (expected.kind) {
    case "int":
      assert.equal(await file.int(field), Number(expected.value));
      return { kind: "int", value: await file.int64(field) };
    case "float":
      return { kind: "float", value: await file.float(field) };
    case "double": {
      const bytes = Buffer.from(await file.bytes(field));
      return { kind: "double", value: bytes.readDoubleLE() };
    }
    case "ints":
      await file.ints(field, values);
      assert.deepEqual(values, expected.values.map(Number));
      return expected;
    case "floats":
      await file.floats(field, values);
      return { kind: "floats", values };
    case "string":
      return { kind: "string", value: await file.string(field) };
    case "message":
      return { kind: "message", fields: await readFields(file, field, expected.fields) };
  }
}

async function readFields(
  file: ProtobufFile,
  span: ByteSpan,
  expected: readonly Field[],
): Promise<Field[]> {
  const fields: Field[] = [];
  await file.message(span, async (field) => {
    const written = expected[fields.length];
    assert.ok(written !== undefined, "as many fields as were written");
    assert.equal(field.wire, payloadOf(written.value)[0]);
    fields.push({ number: field.number, value: await readAs(file, field, written.value) });
  });
  return fields;
}

/** Reads all fields as what their wire type says. */
async function readAll(file: ProtobufFile): Promise<void> {
  await file.message(file.whole, async (field) => {
    const into: number[] = [];
    if (field.wire === WIRE.fixed32 || field.wire === WIRE.fixed64) return;
    await (field.wire === WIRE.varint ? file.int64(field) : file.ints(field, into));
  });
}

describe("protocol buffers", () => {
  it("are read as they were written, 64-bit integers exactly", async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (fields) => {
        const file = fileOf(encode(fields));
        assert.deepEqual(await readFields(file, file.whole, fields), fields);
      }),
    );
  });

  it("may have integers of more bytes than they need, ten at most", () => {
    fc.assert(
      fc.property(int64, fc.integer({ min: 1, max: 10 }), (value, bytes) => {
        const encoded = varint(value, bytes);
        const reader = new VarintReader(Uint8Array.from([...encoded, 1]));
        assert.equal(reader.next(), true);
        assert.equal(reader.int64, value);
        assert.equal(reader.signed, Number(value));
        assert.equal(reader.unsigned, Number(BigInt.asUintN(64, value)));
        assert.equal(reader.at, encoded.length);
      }),
    );
    const reader = new VarintReader(Uint8Array.from(varint(1n, 11)));
    assert.equal(reader.next(), false);
    assert.equal(reader.at, 0);
  });

  it("are refused wherever they are cut within a field", async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.nat(), async (fields, at) => {
        const ends = fields.map((_, index) => encode(fields.slice(0, index)).length);
        const bytes = encode(fields);
        const end = bytes.length === 0 ? 0 : at % bytes.length;
        if (ends.includes(end) || bytes.length === 0) return;
        const file = fileOf(bytes.slice(0, end));
        await assert.rejects(
          file.message(file.whole, () => undefined),
          FormatError,
        );
      }),
    );
  });

  it("of any bytes are read or refused by a FormatError", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(255), { maxLength: 40 }), async (bytes) => {
        await readAll(fileOf(bytes)).catch((error: unknown) => {
          assert.ok(error instanceof FormatError, String(error));
        });
      }),
      { numRuns: 1000 },
    );
  });

  const damaged: [string, number[]][] = [
    ["field number 0", [0x00, 0x01]],
    ["a group", [0x0b, 0x0c]],
    ["a wire type that does not exist", [0x0e, 0x00]],
    ["a tag of more than 32 bits", [...varint(2n ** 32n + 8n), 1]],
    ["an integer of eleven bytes", [0x08, ...varint(1n, 11)]],
    ["a length of 2^64 − 1", [0x0a, ...varint(-1n), 1, 2, 3]],
  ];
  for (const [name, bytes] of damaged) {
    it(`are refused with ${name}`, async () => {
      await assert.rejects(readAll(fileOf(bytes)), FormatError);
    });
  }

  it("are refused when packed values do not end with their field", async () => {
    const [cutInteger, cutFloat] = [fileOf([0x0a, 1, 0x80, 0x01]), fileOf([0x0a, 3, 0, 0, 0])];
    await assert.rejects(
      cutInteger.message({ start: 0, end: 3 }, (field) => cutInteger.ints(field, [])),
      FormatError,
    );
    await assert.rejects(
      cutFloat.message(cutFloat.whole, (field) => cutFloat.floats(field, [])),
      FormatError,
    );
  });
});
