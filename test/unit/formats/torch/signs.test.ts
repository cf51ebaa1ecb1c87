/** Lazy conjugates and negatives of PyTorch: torch.tensor([[1+2j, 3-4j]]).conj(), and its imaginary part. */
import assert from "node:assert/strict";
import { openArchive } from "../../../../src/formats/open";
import { turnSigns } from "../../../../src/formats/torch/signs";
import { rawOf, wholeBox, type RawValues } from "../../../../src/tensor/raw";
import { fixtureSource, readOne } from "../support";

function floatsOf({ bytes }: RawValues): number[] {
  return [...new Float32Array(bytes.buffer)];
}

describe("lazy signs", () => {
  it("are those of the imaginary parts of a conjugate", async () => {
    const archive = await openArchive(fixtureSource("formats/torch/turned_conj.pt"));
    const [entry] = archive.entries;
    assert.ok(entry);
    assert.deepEqual([entry.name, entry.dtype, entry.shape], ["conj", "complex64", [1, 2]]);
    const values = await archive.readBox(entry, wholeBox(entry.shape));
    assert.deepEqual(floatsOf(values), [1, -2, 3, 4]);
    const part = await archive.readBox(entry, { start: [0, 1], size: [1, 1] });
    assert.deepEqual(floatsOf(part), [3, 4]);
  });

  it("are all those of a negative view", async () => {
    const archive = await openArchive(fixtureSource("formats/torch/turned_neg.pt"));
    assert.deepEqual([...(await readOne(archive, "neg")).data], [-2, 4]);
  });

  it("cancel out where both bits are set", () => {
    const parts = Float64Array.of(1, 2, -0, NaN);
    const values = rawOf("complex128", [2], new Uint8Array(parts.buffer));
    const { bytes } = turnSigns(values, { conj: true, neg: true });
    assert.deepEqual([...new Float64Array(bytes.buffer)], [-1, 2, 0, NaN]);
  });
});
