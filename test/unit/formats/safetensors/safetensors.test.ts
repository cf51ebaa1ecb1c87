import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { NotFoundError } from "../../../../src/core/errors";
import { ascii, assertRefused, concat, makeSafetensors, openBytes, readOne } from "../support";

const twelve = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
const a = { dtype: "F32", shape: [3], data_offsets: [0, 12] };

describe(".safetensors", () => {
  it("lists tensors with absolute positions hidden and metadata left out", async () => {
    const bytes = makeSafetensors({ __metadata__: { format: "pt" }, a }, twelve);
    const archive = await openBytes("x.safetensors", bytes);
    assert.equal(archive.format, "safetensors");
    assert.deepEqual(archive.entries, [
      { name: "a", dtype: "float32", shape: [3], byteLength: 12 },
    ]);
    assert.deepEqual((await readOne(archive, "a")).data, Float32Array.of(1, 2, 3));
    await assert.rejects(
      archive.read({ name: "b", dtype: "float32", shape: [3], byteLength: 12 }),
      NotFoundError,
    );
  });

  it("notes element types that are not read, and still counts their bytes", async () => {
    const header = {
      a: { dtype: "F4", shape: [8], data_offsets: [0, 4] },
      b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
    };
    const archive = await openBytes("x.safetensors", makeSafetensors(header, twelve));
    assert.deepEqual(
      archive.entries.map((entry) => entry.name),
      ["b"],
    );
    assert.deepEqual(
      archive.notes.map((note) => renderText(note)),
      ["a is F4, not read"],
    );
  });

  it("opens an empty set of tensors", async () => {
    const archive = await openBytes("x.safetensors", makeSafetensors({}, new Uint8Array(0)));
    assert.deepEqual(archive.entries, []);
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ["a header that is no object", "[]", /not a JSON object/],
    ["a header that is no JSON", "{nope", /key in double quotes/],
    ["an entry that is no object", { a: 3 }, /not an object/],
    ["an unknown dtype", { a: { ...a, dtype: "F7" } }, /unknown dtype F7/],
    ["a dtype that is no text", { a: { ...a, dtype: 7 } }, /unknown dtype \?/],
    ["a negative size", { a: { ...a, shape: [-3] } }, /no valid shape/],
    ["a broken size", '{"a":{"dtype":"F32","shape":[3.0],"data_offsets":[0,12]}}', /valid shape/],
    ["65 axes", { a: { ...a, shape: new Array<number>(65).fill(1) } }, /no valid shape/],
    ["one offset", { a: { ...a, data_offsets: [0] } }, /no valid data_offsets/],
    ["reversed offsets", { a: { ...a, data_offsets: [12, 0] } }, /no valid data_offsets/],
    ["a size that disagrees", { a: { ...a, shape: [4] } }, /needs 16 bytes/],
    ["a shape that overflows", { a: { ...a, shape: [2 ** 40, 2 ** 40] } }, /needs/],
    ["an overlap", { a, b: { ...a, data_offsets: [8, 12], shape: [1] } }, /b overlaps/],
    ["a hole", { a: { ...a, data_offsets: [4, 12], shape: [2] } }, /4 bytes before a/],
    ["bytes after the last", { a: { ...a, data_offsets: [0, 8], shape: [2] } }, /4 bytes after/],
    ["offsets beyond the end", { a: { ...a, data_offsets: [0, 16], shape: [4] } }, /cut short/],
    ["a name twice", `{"a":${JSON.stringify(a)},"a":${JSON.stringify(a)}}`, /occurs twice/],
  ];
  for (const [what, header, sentence] of refused) {
    it(`refuses ${what}`, () =>
      assertRefused("x.safetensors", makeSafetensors(header, twelve), "format", sentence));
  }

  it("refuses a header longer than the file or than any header", async () => {
    const length = (bytes: number): Uint8Array => {
      const buffer = new Uint8Array(8);
      new DataView(buffer.buffer).setBigUint64(0, BigInt(bytes), true);
      return buffer;
    };
    await assertRefused(
      "x.safetensors",
      concat(length(2 ** 50), ascii("{}")),
      "format",
      /said to have 1125899906842624/,
    );
    await assertRefused("x.safetensors", ascii("\x01"), "format", /at least 8 bytes/);
    await assertRefused(
      "x.safetensors",
      concat(length(100_000_001), new Uint8Array(100_000_001)),
      "limit",
      /size of the header/,
    );
  });

  it("names the tensor whose integers do not fit a number", async () => {
    const bytes = new Uint8Array(BigInt64Array.of(2n ** 60n).buffer);
    const header = { ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
    await assertRefused(
      "x.safetensors",
      makeSafetensors(header, bytes),
      "unsupported",
      /ids: element 0 is 1152921504606846976/,
    );
  });
});
