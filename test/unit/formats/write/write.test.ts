import assert from "node:assert/strict";
import fc from "fast-check";
import { LimitError } from "../../../../src/core/errors";
import { memberNames } from "../../../../src/formats/write/memberName";
import { writeArchive, type WritableFormat } from "../../../../src/formats/write/write";
import { elementCount, type Tensor } from "../../../../src/tensor/tensor";
import { openBytes, readAll } from "../support";

const formats: readonly WritableFormat[] = ["npz", "safetensors", "json"];

/** More with FUZZ_RUNS in the environment. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 60);

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.nat(4), { maxLength: 4 }), fc.boolean())
  .chain(([shape, wide]) => {
    const length = elementCount(shape);
    const bounds = { minLength: length, maxLength: length };
    return wide
      ? fc.float64Array(bounds).map((data): Tensor => ({ dtype: "float64", shape, data }))
      : fc.float32Array(bounds).map((data): Tensor => ({ dtype: "float32", shape, data }));
  });

/** Names that a zip and a safetensors header can hold; what a zip calls those that are no paths: memberName.test.ts. */
const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter(
    (text) =>
      Buffer.from(text).toString() === text &&
      !text.includes("\0") &&
      text !== "__metadata__" &&
      memberNames([text], "npy")[0] === `${text}.npy`,
  );

describe("writeArchive", () => {
  for (const format of formats) {
    it(`is undone by reading (${format})`, async () => {
      const archives = fc.uniqueArray(fc.tuple(name, tensor), {
        minLength: 1,
        maxLength: 5,
        selector: ([key]) => key.toLowerCase(),
      });
      await fc.assert(
        fc.asyncProperty(archives, async (entries) => {
          const written = new Map(entries);
          const bytes = await writeArchive(format, written);
          const archive = await openBytes(`x.${format}`, bytes);
          assert.equal(archive.format, format);
          const read = await readAll(archive);
          assert.equal(read.size, written.size);
          for (const [key, value] of written) assert.deepEqual(read.get(key), value);
        }),
        { numRuns: runs },
      );
    }).timeout(20_000 + 50 * runs);

    it(`gives equal bytes for equal tensors (${format})`, async () => {
      const tensors = new Map([
        ["h", { dtype: "float32", shape: [1], data: Float32Array.of(1) } as const],
      ]);
      assert.deepEqual(await writeArchive(format, tensors), await writeArchive(format, tensors));
    });
  }

  it("writes JSON numbers as Python does", async () => {
    const data = Float32Array.of(0.1, -0, 3, NaN, -Infinity, 1e30);
    const bytes = await writeArchive(
      "json",
      new Map([["h", { dtype: "float32", shape: [6], data }]]),
    );
    assert.equal(
      new TextDecoder().decode(bytes),
      '{"h": {"shape": [6], "dtype": "float32", "data": ' +
        "[0.10000000149011612, -0.0, 3.0, NaN, -Infinity, 1.0000000150474662e+30]}}\n",
    );
  });

  it("starts the data of .npz members and .safetensors where they can be mapped", async () => {
    const data = Float32Array.of(7);
    const tensors = new Map([["h", { dtype: "float32", shape: [1], data } as const]]);
    const safetensors = Buffer.from(await writeArchive("safetensors", tensors));
    assert.equal((8 + Number(safetensors.readBigUInt64LE(0))) % 8, 0);
    const npz = Buffer.from(await writeArchive("npz", tensors));
    const start = npz.indexOf("\x93NUMPY", 0, "latin1");
    assert.equal((10 + npz.readUInt16LE(start + 8)) % 64, 0);
  });

  it("refuses to write as JSON what no string can hold", async () => {
    const data = new Float32Array(2 ** 24 + 1);
    const tensors = new Map([["h", { dtype: "float32", shape: [data.length], data } as const]]);
    await assert.rejects(writeArchive("json", tensors), LimitError);
  });
});
