/** Valid files, cut short everywhere: a tagged error, or what is still there. Damage at random: test/property/fuzz. */
import assert from "node:assert/strict";
import { readFixture, refusal } from "./support";

const valid: readonly (readonly [string, string])[] = [
  ["x.npy", "formats/npy/f4_le_F.npy"],
  ["x.npz", "formats/npz/plain.npz"],
  ["compressed.npz", "formats/npz/compressed.npz"],
  ["x.safetensors", "formats/safetensors/all_dtypes.safetensors"],
  ["x.json", "formats/json/nested.json"],
  ["x.pt", "formats/pt/shared_storage.pt"],
  ["deflated.pt", "formats/pt/rezipped_deflated.pt"],
  ["module.pt", "formats/pt/whole_module_rnn.pt"],
  ["legacy.pt", "formats/torch/views.legacy.pt"],
  ["dump.json", "formats/torch/polygraphy_one.json"],
];

/** Files whose end may be missing: a tar archive is padded, and a pickle's arrays stand before its end. */
const openSooner: readonly (readonly [string, string])[] = [
  ["tar.pt", "formats/torch/tar.pt"],
  ["arrays.pkl", "formats/torch/numpy_2.pkl"],
];

/** JSON is complete before its last newline. */
function withoutFinalNewline(file: Uint8Array): Uint8Array {
  return file.at(-1) === 0x0a ? file.subarray(0, -1) : file;
}

describe("truncated files", () => {
  for (const [name, path] of openSooner) {
    it(`${name} is refused or opens at every length`, async () => {
      const file = readFixture(path);
      for (let length = 0; length <= file.length; length += 1) {
        const error = await refusal(name, file.subarray(0, length));
        if (length === file.length) assert.equal(error, undefined);
        else assert.ok(error === undefined || error.tag === "format", error?.message);
      }
    });
  }

  for (const [name, path] of valid) {
    it(`${name} is refused at every length`, async () => {
      const file = withoutFinalNewline(readFixture(path));
      assert.equal(await refusal(name, file), undefined);
      // Everything about a large file is at its ends; in between every seventh length will do.
      const step = (length: number): number => (length < 600 || length > file.length - 600 ? 1 : 7);
      for (let length = 0; length < file.length; length += step(length)) {
        const error = await refusal(name, file.subarray(0, length));
        assert.equal(error?.tag, "format", `${length} bytes: ${String(error?.message)}`);
      }
    });
  }
});

/** Each of these is opened by an instance of the HDF5 library of its own, which takes some milliseconds. */
const throughLibrary: typeof valid = [
  ["states.hdf5", "hdf5/states.hdf5"],
  ["latest.h5", "hdf5/storage_latest.h5"],
  ["x.keras", "keras/nested.keras"],
];

describe("HDF5 files", () => {
  for (const [name, path] of throughLibrary) {
    it(`${name} is refused when it is cut short`, async () => {
      const file = readFixture(path);
      assert.equal(await refusal(name, file), undefined);
      // What is missing is known from the head, or of a zip archive from the end.
      const step = Math.ceil(file.length / 50);
      for (let length = 0; length < file.length; length += length < 32 ? 1 : step) {
        const error = await refusal(name, file.subarray(0, length));
        assert.equal(error?.tag, "format", `${length} bytes: ${String(error?.message)}`);
      }
    }).slow(60_000);
  }
});
