/** Valid files, cut short everywhere and damaged at random: only tagged errors, and no file that hangs. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { concat, readFixture, refusal } from "./support";

/** More with FUZZ_RUNS in the environment. */
const runs = Number(process.env["FUZZ_RUNS"] ?? 150);

const valid: readonly (readonly [string, string])[] = [
  ["x.npy", "formats/npy/f4_le_F.npy"],
  ["x.npz", "formats/npz/plain.npz"],
  ["compressed.npz", "formats/npz/compressed.npz"],
  ["x.safetensors", "formats/safetensors/all_dtypes.safetensors"],
  ["x.json", "formats/json/nested.json"],
  ["x.pt", "formats/pt/shared_storage.pt"],
  ["deflated.pt", "formats/pt/rezipped_deflated.pt"],
  ["module.pt", "formats/pt/whole_module_rnn.pt"],
  ["states.hdf5", "hdf5/states.hdf5"],
  ["latest.h5", "hdf5/storage_latest.h5"],
  ["x.keras", "keras/nested.keras"],
];

/** Overwrites, removals and insertions, at places given as shares of the file. */
const damage = fc.array(
  fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    kind: fc.constantFrom("overwrite", "remove", "insert"),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constant(new Uint8Array(8).fill(0xff)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

type Damage = typeof damage extends fc.Arbitrary<infer Value> ? Value : never;

function applyDamage(file: Uint8Array, changes: Damage): Uint8Array {
  let damaged = file;
  for (const { place, kind, bytes } of changes) {
    const start = Math.floor(place * damaged.length);
    const resume = kind === "insert" ? start : Math.min(start + bytes.length, damaged.length);
    const middle = kind === "remove" ? new Uint8Array(0) : bytes;
    damaged = concat(damaged.subarray(0, start), middle, damaged.subarray(resume));
  }
  return damaged;
}

/** JSON is complete before its last newline. */
function withoutFinalNewline(file: Uint8Array): Uint8Array {
  return file.at(-1) === 0x0a ? file.subarray(0, -1) : file;
}

describe("truncated files", () => {
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

describe("damaged files", () => {
  for (const [name, path] of valid) {
    it(`${name} opens or is refused with a tag`, async () => {
      const file = readFixture(path);
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          const error = await refusal(name, applyDamage(file, changes));
          if (error !== undefined) assert.ok(error.message.startsWith(name), error.message);
        }),
        { numRuns: runs },
      );
    }).timeout(20_000 + 20 * runs);
  }
});
