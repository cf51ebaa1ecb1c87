/** Every bit pattern of the 8-bit floats is the number that PyTorch makes of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeValues, type Float8DType } from "../../../src/tensor/dtype";

const golden = JSON.parse(
  readFileSync(join(process.cwd(), "test/fixtures/golden/float8.json"), "utf8"),
) as { readonly values: Readonly<Record<Float8DType, readonly (number | string)[]>> };

describe("8-bit floats", () => {
  const patterns = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  for (const [dtype, expected] of Object.entries(golden.values)) {
    it(`decodes ${dtype}`, () => {
      const decoded = decodeValues(patterns, dtype as Float8DType);
      assert.ok(decoded instanceof Float32Array);
      assert.deepEqual([...decoded], expected.map(Number));
    });
  }
});
