import assert from "node:assert/strict";
import { NotFoundError } from "../../../../src/core/errors";
import { wholeBox } from "../../../../src/tensor/raw";
import { assertRefused, openText, readAll, readOne } from "../support";

async function readText(content: string): ReturnType<typeof readAll> {
  return readAll(await openText("x.json", content));
}

describe("JSON tensors", () => {
  it("are nested lists, named by the keys that lead to them", async () => {
    const tensors = await readText('{"m": {"w": [[1.5, 2], [3, 4]], "hidden": 4, "kind": "RNN"}}');
    assert.deepEqual([...tensors.keys()], ["m.w"]);
    const tensor = tensors.get("m.w");
    assert.deepEqual(tensor, {
      dtype: "float32",
      shape: [2, 2],
      data: Float32Array.of(1.5, 2, 3, 4),
    });
  });

  it("are a bare list, named after the file", async () => {
    const archive = await openText("runs/x0.json", "[1.5, -0.0, 1e-3]");
    assert.equal(archive.format, "json");
    assert.deepEqual(
      (await readOne(archive, "x0")).data,
      Float32Array.of(1.5, -0, Math.fround(0.001)),
    );
  });

  it("are records of shape and data, flat or nested, with or without dtype", async () => {
    const tensors = await readText(`{
      "flat": {"shape": [2, 1], "data": [1.5, 2.5]},
      "nested": {"shape": [2, 1], "data": [[1.5], [2.5]], "dtype": "torch.float64"},
      "scalar": {"shape": [], "data": 3.5},
      "single": {"shape": [], "data": [7], "dtype": "int8"},
      "empty": {"shape": [2, 0], "data": [], "dtype": "float16"},
      "flags": {"shape": [2], "data": [1, 0], "dtype": "bool"}}`);
    assert.deepEqual(
      Array.from(tensors, ([name, { dtype, shape }]) => `${name} ${dtype} [${shape.join(", ")}]`),
      [
        "flat float32 [2, 1]",
        "nested float64 [2, 1]",
        "scalar float32 []",
        "single int8 []",
        "empty float16 [2, 0]",
        "flags bool [2]",
      ],
    );
  });

  it("have 64-bit integers exact, which no number holds", async () => {
    const archive = await openText(
      "x.json",
      '{"i": [[1, -9007199254740993], [9223372036854775807, 4]], "u": [18446744073709551615, 0]}',
    );
    const values: bigint[] = [];
    for (const entry of archive.entries) {
      const { dtype, bytes } = await archive.readBox(entry, wholeBox(entry.shape));
      values.push(...new (dtype === "int64" ? BigInt64Array : BigUint64Array)(bytes.buffer));
      await assert.rejects(archive.read(entry), { tag: "unsupported" });
    }
    assert.deepEqual(values, [
      ...[1n, -9007199254740993n, 2n ** 63n - 1n, 4n],
      ...[2n ** 64n - 1n, 0n],
    ]);
  });

  it("are encoded in the dtype that they say, and read in parts", async () => {
    const archive = await openText(
      "x.json",
      '{"w": {"shape": [2, 2], "data": [1, 2.5, 1e9, -0.1], "dtype": "float16"}, "f": {"shape": [1], "data": [1.5], "dtype": "float8_e4m3fn"}}',
    );
    assert.deepEqual(
      (await readOne(archive, "w")).data,
      Float32Array.of(1, 2.5, Infinity, -0.0999755859375),
    );
    const [w, f] = archive.entries;
    assert.ok(w && f);
    assert.deepEqual([w.byteLength, f.byteLength], [8, 1]);
    const part = await archive.readBox(w, { start: [0, 1], size: [2, 1] });
    assert.deepEqual([...new Uint16Array(part.bytes.buffer)], [0x4100, 0xae66]);
    assert.deepEqual([...(await archive.readBox(f, wholeBox([1]))).bytes], [0x3c]);
  });

  it("are named by their index or name in a list of objects", async () => {
    const tensors = await readText(
      '[{"name": "w", "shape": [1], "values": [1.5]}, {"b": [2.5]}, "text", [["a"]]]',
    );
    assert.deepEqual([...tensors.keys()], ["w", "1.b"]);
  });

  it("take the dtype that torch.tensor would, and float64 where float32 would lose digits", async () => {
    const tensors =
      await readText(`{"int": [1, 2], "bool": [[true], [false]], "printed": [0.123456789],
      "double": [0.12345678912], "tiny": [1e-300], "huge": [1e39], "none": [[], []],
      "exact": [0.15615271031856537]}`);
    assert.deepEqual(
      Array.from(tensors.values(), (tensor) => tensor.dtype),
      ["int64", "bool", "float32", "float64", "float64", "float64", "float32", "float32"],
    );
    assert.deepEqual(tensors.get("none")?.shape, [2, 0]);
  });

  it("may use NaN and Infinity, a byte order mark, and names that mean something in JavaScript", async () => {
    const tensors = await readText(
      '\ufeff{"__proto__": [NaN, -Infinity], "constructor": [Infinity]}',
    );
    assert.deepEqual(tensors.get("__proto__")?.data, Float32Array.of(NaN, -Infinity));
    assert.deepEqual([...tensors.keys()], ["__proto__", "constructor"]);
    assert.equal(({} as Record<string, unknown>)["0"], undefined);
  });

  it("may have escaped names", async () => {
    assert.deepEqual([...(await readText('{"a\\"\\u00e4": [1]}')).keys()], ['a"ä']);
  });

  it("are not found under another name", async () => {
    const archive = await openText("x.json", "[1]");
    await assert.rejects(
      archive.read({ name: "y", dtype: "int8", shape: [], byteLength: 1 }),
      NotFoundError,
    );
  });

  const refused: readonly (readonly [
    string,
    string,
    "format" | "unsupported" | "limit",
    RegExp,
  ])[] = [
    ["ragged rows", '{"w": [[1, 2], [3]]}', "format", /w is ragged: on axis 1/],
    ["a number beside a list", '{"w": [1, [2]]}', "format", /w mixes numbers and lists/],
    ["a list beside a number", '{"w": [[1, 2], 3]}', "format", /w mixes numbers and lists/],
    ["text among numbers", '{"w": [1, "a"]}', "format", /w holds something.*"a"/],
    ["null among numbers", '{"w": [[1], null]}', "format", /null/],
    ["an object among numbers", '{"w": [1, {}]}', "format", /w holds something/],
    ["flags among numbers", '{"w": [[1, 2], [true, false]]}', "format", /true or false/],
    [
      "data that do not fill the shape",
      '{"w": {"shape": [2, 3], "data": [1]}}',
      "format",
      /\[2, 3\]/,
    ],
    ["a shape of fractions", '{"w": {"shape": [1.5], "data": [1]}}', "format", /impossible shape/],
    ["an unknown dtype", '{"w": {"shape": [1], "data": [1], "dtype": "c8"}}', "unsupported", /c8/],
    [
      "a dtype that is no text",
      '{"w": {"shape": [1], "data": [1], "dtype": 1}}',
      "unsupported",
      /dtype/,
    ],
    [
      "values out of range",
      '{"w": {"shape": [1], "data": [300], "dtype": "uint8"}}',
      "format",
      /300/,
    ],
    ["an integer beyond 2^53", '{"w": [9007199254740993]}', "unsupported", /9007199254740993/],
    ["an integer beyond 2^64", '{"w": [-1, 18446744073709551615]}', "format", /no uint64/],
    ["an integer of 40 digits", `{"w": [${"9".repeat(40)}]}`, "format", /no int64/],
    ["two tensors of one name", '{"a": {"b": [1]}, "a.b": [2]}', "format", /a\.b occurs twice/],
    ["nothing but numbers outside lists", '{"a": 1}', "format", /no tensor/],
    ["a key twice", '{"a": [1], "a": [2]}', "format", /a occurs twice/],
    ["a trailing comma", "[1, 2,]", "format", /expected a JSON value, found "\]"/],
    ["a missing comma", "[1 2]", "format", /comma or a closing bracket/],
    ["a missing colon", '{"a" [1]}', "format", /colon/],
    ["an unquoted key", "{a: 1}", "format", /key in double quotes/],
    ["an open object", '{"a": [1]', "format", /ends where a comma or a closing brace/],
    ["an open string", '{"a', "format", /closing quote/],
    ["a control character", '{"a\n": 1}', "format", /control character/],
    ["text after the end", "[1] [2]", "format", /after the end/],
    ["65 levels", "[".repeat(65) + "1" + "]".repeat(65), "limit", /nesting.*65/],
  ];
  for (const [what, content, tag, sentence] of refused) {
    it(`refuse ${what}`, () =>
      assertRefused("x.json", new TextEncoder().encode(content), tag, sentence));
  }

  it("refuse bytes that are no UTF-8, and give positions in bytes", async () => {
    await assertRefused("x.json", Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d), "format", /UTF-8/);
    await assertRefused("x.json", new TextEncoder().encode('{"ä": ]'), "format", /at byte 7\)/);
  });
});
