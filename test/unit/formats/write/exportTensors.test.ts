import assert from "node:assert/strict";
import fc from "fast-check";
import { noControl } from "../../../../src/core/control";
import { CancelledError, UnsupportedError } from "../../../../src/core/errors";
import {
  exportTensors,
  type TensorExportFormat,
} from "../../../../src/formats/write/exportTensors";
import { byteWidth, type DType } from "../../../../src/tensor/dtype";
import { wholeBox } from "../../../../src/tensor/raw";
import { slicedSource } from "../../../../src/tensor/slicedSource";
import type { TensorSource } from "../../../../src/tensor/source";
import { elementCount } from "../../../../src/tensor/tensor";
import { renderText } from "../../../../src/core/text";
import { openBytes } from "../support";
import { sliceOf, sourceFrom } from "../../support/tensorSources";
import { present } from "../../support/present";

interface Exported {
  readonly bytes: Uint8Array;
  /** Lengths of what the sink was given. */
  readonly parts: readonly number[];
  readonly notes: readonly string[];
}

async function exported(
  sources: readonly TensorSource[],
  format: TensorExportFormat,
): Promise<Exported> {
  const parts: Buffer[] = [];
  const sink = (bytes: Uint8Array): Promise<void> => {
    parts.push(Buffer.from(bytes.slice()));
    return Promise.resolve();
  };
  const notes = await exportTensors(sources, format, sink, noControl);
  return {
    bytes: new Uint8Array(Buffer.concat(parts)),
    parts: parts.map(({ length }) => length),
    notes: notes.map((note) => renderText(note)),
  };
}

async function textOf(source: TensorSource, format: "csv" | "json"): Promise<string> {
  return new TextDecoder().decode((await exported([source], format)).bytes);
}

const numpyDtypes: readonly DType[] = [
  ...(["float16", "float32", "float64", "bool", "int8", "int16", "int32", "int64"] as const),
  ...(["uint8", "uint16", "uint32", "uint64"] as const),
];
const safetensorsDtypes: readonly DType[] = [
  ...numpyDtypes,
  ...(["bfloat16", "complex64", "float8_e4m3fn", "float8_e5m2", "float8_e8m0fnu"] as const),
];

/** Tensors of any bits: truth values are 0 and 1. */
const sourcesOf = (dtypes: readonly DType[]): fc.Arbitrary<TensorSource[]> =>
  fc.array(
    fc
      .record({
        dtype: fc.constantFrom(...dtypes),
        shape: fc.array(fc.nat(4), { maxLength: 3 }),
        seed: fc.nat(),
      })
      .map(({ dtype, shape, seed }) => {
        const length = elementCount(shape) * byteWidth(dtype);
        const bytes = Uint8Array.from({ length }, (_, at) => {
          const byte = Math.imul(at + seed + 1, 2654435761) >>> 24;
          return dtype === "bool" ? byte & 1 : byte;
        });
        return sourceFrom(bytes, shape, dtype);
      }),
    { minLength: 1, maxLength: 4 },
  );

const named = (sources: readonly TensorSource[]): TensorSource[] =>
  sources.map((source, index) => ({ ...source, name: `layer.${index}` }));

/** What a reader finds is what was written, to the bit. */
async function assertReadBack(
  bytes: Uint8Array,
  format: string,
  sources: readonly TensorSource[],
): Promise<void> {
  const archive = await openBytes(`x.${format}`, bytes);
  const byName = new Map(archive.entries.map((entry) => [entry.name, entry]));
  assert.equal(byName.size, sources.length);
  for (const { name, dtype, shape, readBox } of sources) {
    const entry = byName.get(format === "npy" ? "x" : name);
    assert.ok(entry !== undefined, name);
    assert.deepEqual([entry.dtype, entry.shape], [dtype, shape]);
    const read = await archive.readBox(entry, wholeBox(shape));
    assert.deepEqual(read.bytes, (await readBox(wholeBox(shape))).bytes);
  }
}

describe("exportTensors", () => {
  for (const [format, dtypes] of [
    ["npz", numpyDtypes],
    ["safetensors", safetensorsDtypes],
  ] as const) {
    it(`keeps every bit (${format})`, async () => {
      await fc.assert(
        fc.asyncProperty(sourcesOf(dtypes), async (sources) => {
          const tensors = named(sources);
          const { bytes, notes } = await exported(tensors, format);
          assert.deepEqual(notes, []);
          await assertReadBack(bytes, format, tensors);
        }),
        { numRuns: 40 },
      );
    });
  }

  it("keeps every bit (npy)", async () => {
    await fc.assert(
      fc.asyncProperty(sourcesOf(numpyDtypes), async ([source]) => {
        await assertReadBack((await exported([present(source)], "npy")).bytes, "npy", [
          present(source),
        ]);
      }),
      { numRuns: 40 },
    );
  });

  it("writes large tensors part by part", async () => {
    const source = sourceFrom(new Float32Array(2 ** 23 + 5).fill(1), [2 ** 23 + 5]);
    for (const format of ["npy", "npz", "safetensors"] as const) {
      const { parts, bytes } = await exported([source], format);
      assert.ok(Math.max(...parts) <= 2 ** 24, `${format}: ${Math.max(...parts)} bytes at once`);
      assert.ok(bytes.length > 2 ** 25);
    }
    assert.ok(source.read.largest <= 2 ** 24);
  });

  it("widens what NumPy has no dtype for, and says so", async () => {
    const source = sourceFrom(Uint16Array.of(0x3fc0, 0xff80), [2], "bfloat16");
    const { bytes, notes } = await exported([source], "npy");
    assert.deepEqual(notes, ["w is written as float32, exactly: the format has no bfloat16"]);
    const archive = await openBytes("x.npy", bytes);
    assert.deepEqual(
      (await archive.read(present(archive.entries[0]))).data,
      Float32Array.of(1.5, -Infinity),
    );
    const halves = sourceFrom(Uint16Array.of(0x3c00, 0xc000), [1], "complex32");
    const widened = await exported([halves], "safetensors");
    assert.deepEqual(widened.notes, [
      "w is written as complex64, exactly: the format has no complex32",
    ]);
    assert.deepEqual(new Float32Array(widened.bytes.slice(-8).buffer), Float32Array.of(1, -2));
  });

  it("refuses what a format does not hold", async () => {
    const complex = sourceFrom(new Float64Array(2), [1], "complex128");
    await assert.rejects(exported([complex], "safetensors"), UnsupportedError);
    const source = sourceFrom(new Float32Array(1), [1]);
    for (const format of ["npy", "csv"] as const) {
      await assert.rejects(exported([source, source], format), UnsupportedError);
      await assert.rejects(exported([], format), UnsupportedError);
    }
  });

  it("writes a matrix as lines of CSV, to the digit", async () => {
    const matrix = sourceFrom(Float32Array.of(0.1, -0, NaN, 1e-45, Infinity, 3), [2, 3]);
    assert.equal(await textOf(matrix, "csv"), "0.1,-0,NaN\n1e-45,Infinity,3\n");
    const vector = sourceFrom(BigInt64Array.of(9007199254740993n, -1n), [2], "int64");
    assert.equal(await textOf(vector, "csv"), "9007199254740993\n-1\n");
    assert.equal(await textOf(sourceFrom(Float32Array.of(7), []), "csv"), "7\n");
  });

  it("writes the outer indices of a tensor with more axes", async () => {
    const values = Float32Array.from({ length: 8 }, (_, at) => at);
    assert.equal(
      await textOf(sourceFrom(values, [2, 2, 2]), "csv"),
      "axis 0,axis 1,0,1\n0,0,0,1\n0,1,2,3\n1,0,4,5\n1,1,6,7\n",
    );
  });

  it("writes JSON that reads back as the same values", async () => {
    const tensors = named([
      sourceFrom(Float32Array.of(0.1, -0, NaN, 1e30, -Infinity, 3), [2, 3]),
      sourceFrom(BigInt64Array.of(-3n, 2n ** 53n - 1n), [2], "int64"),
      sourceFrom(Uint8Array.of(1, 0), [2], "bool"),
      sourceFrom(Float64Array.of(0.1), [], "float64"),
    ]);
    const { bytes } = await exported(tensors, "json");
    const written = new TextDecoder().decode(bytes);
    assert.ok(
      written.startsWith(
        '{"layer.0": {"shape": [2, 3], "dtype": "float32", "data": [0.1, -0.0, NaN, 1e+30, -Infinity, 3.0]},\n',
      ),
      written,
    );
    const archive = await openBytes("x.json", bytes);
    for (const [index, { dtype, shape }] of tensors.entries()) {
      const tensor = await archive.read(present(archive.entries[index]));
      assert.deepEqual([tensor.dtype, tensor.shape], [dtype, shape]);
    }
    assert.deepEqual(
      (await archive.read(present(archive.entries[0]))).data,
      Float32Array.of(0.1, -0, NaN, 1e30, -Infinity, 3),
    );
  });

  it("writes integers past 2^53 and complex numbers in JSON as they are", async () => {
    const large = sourceFrom(BigUint64Array.of(2n ** 64n - 1n), [1], "uint64");
    assert.match(await textOf(large, "json"), /"data": \[18446744073709551615\]/);
    const complex = sourceFrom(Float32Array.of(1.5, -2), [1], "complex64");
    assert.match(await textOf(complex, "json"), /"data": \[\[1.5, -2.0\]\]/);
  });

  it("writes one slice, rows and columns as they are shown", async () => {
    const values = Float32Array.from({ length: 24 }, (_, at) => at);
    const source = sourceFrom(values, [2, 3, 4]);
    const csv = (slice: Parameters<typeof slicedSource>[1]): Promise<string> =>
      textOf(slicedSource(source, slice), "csv");
    assert.equal(await csv(sliceOf(0, 2, [0, 1, 0])), "4,5,6,7\n16,17,18,19\n");
    assert.equal(await csv(sliceOf(2, 0, [0, 1, 0])), "4,16\n5,17\n6,18\n7,19\n");
    assert.equal(await csv(sliceOf(null, 1, [1, 0, 3])), "15\n19\n23\n");
    assert.equal(await csv(sliceOf(1, null, [1, 0, 3])), "15\n19\n23\n");
    assert.equal(await csv(sliceOf(null, null, [1, 2, 3])), "23\n");
  });

  it("reports progress, and stops when it is told to", async () => {
    const source = sourceFrom(new Float32Array(8), [2, 4]);
    const fractions: number[] = [];
    const sink = (): Promise<void> => Promise.resolve();
    const told = { report: (fraction: number) => fractions.push(fraction), check: () => undefined };
    await exportTensors(named([source, source]), "npz", sink, told);
    assert.deepEqual(fractions, [0.5, 1]);
    const stopped = {
      report: () => undefined,
      check: () => {
        throw new CancelledError();
      },
    };
    for (const format of ["npy", "npz", "csv", "json", "safetensors"] as const) {
      await assert.rejects(exportTensors([source], format, sink, stopped), CancelledError, format);
    }
  });
});
