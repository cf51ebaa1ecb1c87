/** Every sample of shared formats, bit for bit against values written by NumPy. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { renderText } from "../../../src/core/text";
import { openArchive } from "../../../src/formats/open";
import { isComplex } from "../../../src/tensor/dtype";
import { wholeBox } from "../../../src/tensor/raw";
import type { Tensor } from "../../../src/tensor/tensor";
import { fixtureSource, readAll, readFixture, refusal } from "./support";

interface Sample {
  readonly file: string;
  readonly loads: string;
  readonly expected?: string;
  readonly same_as?: string | null;
  readonly arrays?: readonly string[];
  readonly tensors?: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly dtype: string }>
  >;
}

interface NpySample {
  readonly file: string;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly values?: unknown;
}

function readIndex(path: string): unknown {
  return JSON.parse(new TextDecoder().decode(readFixture(path)));
}

const samples = readIndex("formats/index.json") as readonly Sample[];
const npySamples = readIndex("formats/npy/index.json") as readonly NpySample[];
const npyDTypes: Readonly<Record<string, string>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u4: "uint32",
  b1: "bool",
};

async function readFile(path: string): Promise<Map<string, Tensor>> {
  return readAll(await openArchive(fixtureSource(`formats/${path}`)));
}

function assertSameValues(name: string, actual: Tensor, expected: Tensor): void {
  assert.deepEqual(actual.shape, expected.shape, name);
  assert.equal(actual.data.length, expected.data.length, name);
  const differing = actual.data.findIndex(
    (value, index) => !Object.is(value, expected.data[index]),
  );
  assert.equal(differing, -1, `${name} differs at element ${differing}`);
}

describe("samples with expected values", () => {
  const loading = samples.filter(
    ({ loads, expected, same_as: twin }) =>
      !loads.startsWith("no") && (expected !== undefined || typeof twin === "string"),
  );

  for (const sample of loading) {
    it(sample.file, async () => {
      const archive = await openArchive(fixtureSource(`formats/${sample.file}`));
      const reference = sample.expected ?? sample.same_as ?? "";
      const expected = await openArchive(fixtureSource(`formats/${reference}`));
      assert.ok(expected.entries.length > 0);
      for (const entry of expected.entries) {
        const { name } = entry;
        const found = archive.entries.find((candidate) =>
          [name, `state_dict.${name}`, basename(sample.file, ".pt")].includes(candidate.name),
        );
        assert.ok(found, `${name} among ${archive.entries.map((other) => other.name).join(", ")}`);
        const dtype = sample.tensors?.[name]?.dtype;
        if (dtype !== undefined) assert.equal(found.dtype, dtype, name);
        if (isComplex(found.dtype)) {
          const box = wholeBox(entry.shape);
          assert.deepEqual(await archive.readBox(found, box), await expected.readBox(entry, box));
        } else {
          assertSameValues(name, await archive.read(found), await expected.read(entry));
        }
      }
    });
  }

  it("covers the readable samples", () => {
    assert.ok(loading.length >= 44, `${loading.length}`);
  });
});

describe("samples of .npy", () => {
  for (const { file, dtype, shape, values } of npySamples) {
    if (file === "npy/complex64.npy") continue;
    if (dtype === undefined) {
      it(`${file} is refused`, async () => {
        const error = await refusal(basename(file), readFixture(`formats/${file}`));
        assert.equal(error?.tag, "unsupported");
      });
      continue;
    }
    it(file, async () => {
      const [tensor] = [...(await readFile(file)).values()];
      assert.ok(tensor);
      assert.equal(tensor.dtype, npyDTypes[dtype.slice(1)]);
      assert.deepEqual(tensor.shape, shape);
      const expected = [values].flat(Infinity).map((value) => {
        return value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value);
      });
      assert.deepEqual(Array.from(tensor.data), expected);
    });
  }
});

describe("samples without expected values", () => {
  it("reads complex numbers as pairs", async () => {
    const archive = await openArchive(fixtureSource("formats/npy/complex64.npy"));
    const [entry] = archive.entries;
    assert.ok(entry);
    const { dtype, shape, bytes } = await archive.readBox(entry, wholeBox(entry.shape));
    assert.deepEqual([dtype, shape], ["complex64", [1]]);
    assert.deepEqual([...new Float32Array(bytes.buffer)], [1, 2]);
    await assert.rejects(archive.read(entry), { tag: "unsupported" });
  });

  it("reads every npz member that holds numbers and notes the others", async () => {
    for (const sample of samples.filter(({ file }) => file.startsWith("npz/"))) {
      const tensors = await readFile(sample.file);
      for (const name of sample.arrays ?? [])
        assert.ok(tensors.has(name), `${sample.file} ${name}`);
    }
    const mixed = await openArchive(fixtureSource("formats/npz/with_strings_and_scalars.npz"));
    assert.match(mixed.notes.map((note) => renderText(note)).join(), /cell: an array of dtype <U4/);
  });

  it("reads JSON rounded to eight digits as float32, within the eighth digit", async () => {
    const rounded = await readFile("json/eight_digits.json");
    for (const [name, exact] of await readFile("json/nested.json")) {
      const tensor = rounded.get(name);
      assert.equal(tensor?.dtype, "float32");
      exact.data.forEach((value, index) => {
        assert.ok(Math.abs((tensor.data[index] ?? NaN) - value) <= 1e-7 * Math.abs(value) + 1e-12);
      });
    }
  });

  it("reads NaN and the infinities of Python", async () => {
    const tensor = (await readFile("json/python_literals.json")).get("a");
    assert.deepEqual(tensor?.data, Float64Array.of(1, NaN, Infinity, -Infinity, 1e-45, -0));
  });

  it("reads a batch norm's counter, and a quantised module as what it was made of", async () => {
    const normed = await readFile("pt/state_dict_batchnorm.pt");
    assert.deepEqual(normed.get("bn.num_batches_tracked")?.shape, []);
    const quantised = await openArchive(fixtureSource("formats/pt/quantized_dynamic.pt"));
    const notes = quantised.notes.map((note) => renderText(note)).join();
    assert.match(notes, /lstm is quantised to 8 bits; its weights are dequantised/);
  });

  it("reads the parameters of an exported program", async () => {
    const { entries } = await openArchive(fixtureSource("formats/pt/exported_program.pt2"));
    assert.deepEqual(
      entries.map(({ name, shape }) => [name, shape]),
      [
        ["weight_ih_l0", [4, 3]],
        ["weight_hh_l0", [4, 4]],
        ["bias_ih_l0", [4]],
        ["bias_hh_l0", [4]],
      ],
    );
  });
});
