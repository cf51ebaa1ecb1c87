/** Every sample of shared formats, bit for bit against values written by NumPy. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { renderText } from "../../../src/text";
import { openArchive } from "../../../src/formats/open";
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
    ({ file, loads, expected, same_as: twin }) =>
      !loads.startsWith("no") &&
      !file.includes(".legacy.") &&
      !file.endsWith(".pkl") &&
      !file.includes("float8") &&
      (expected !== undefined || typeof twin === "string"),
  );

  for (const sample of loading) {
    it(sample.file, async () => {
      const actual = await readFile(sample.file);
      const expected = await readFile(sample.expected ?? sample.same_as ?? "");
      let compared = 0;
      for (const [name, values] of expected) {
        if (sample.tensors?.[name]?.dtype === "complex64") continue;
        const found =
          actual.get(name) ??
          actual.get(`state_dict.${name}`) ??
          actual.get(basename(sample.file, ".pt"));
        assert.ok(found, `${name} among ${[...actual.keys()].join(", ")}`);
        const dtype = sample.tensors?.[name]?.dtype;
        if (dtype !== undefined) assert.equal(found.dtype, dtype, name);
        assertSameValues(name, found, values);
        compared += 1;
      }
      assert.ok(compared > 0);
    });
  }

  it("covers the readable samples", () => {
    assert.ok(loading.length >= 35, `${loading.length}`);
  });
});

describe("samples of .npy", () => {
  for (const { file, dtype, shape, values } of npySamples) {
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

  it("reads a batch norm's counter, and of a quantised module what are plain tensors", async () => {
    const normed = await readFile("pt/state_dict_batchnorm.pt");
    assert.deepEqual(normed.get("bn.num_batches_tracked")?.shape, []);
    const quantised = await openArchive(fixtureSource("formats/pt/quantized_dynamic.pt"));
    assert.match(quantised.notes.map((note) => renderText(note)).join(), /_rebuild_qtensor/);
  });

  for (const { file } of samples.filter(
    ({ file: path }) => path.includes(".legacy.") || /float8|\.pkl$|\.pt2$/.test(path),
  )) {
    it(`${file} is refused in one sentence`, async () => {
      const error = await refusal(basename(file), readFixture(`formats/${file}`));
      assert.equal(error?.tag, "unsupported");
    });
  }
});
