/** Arrays of objects: dicts and lists that NumPy saved, array by array against what was saved; nothing in them runs. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { renderText } from "../../../../src/core/text";
import { openArchive } from "../../../../src/formats/open";
import { assertRefused, fixtureSource, readAll, readFixture } from "../support";

describe("objects saved by NumPy", () => {
  for (const file of [
    "dict.npy",
    "nested.npy",
    "ragged.npy",
    "mixed.npz",
    "packed.npz",
    "hostile.npy",
  ]) {
    it(`reads the arrays in ${file}`, async () => {
      const expected = await readAll(await openArchive(fixtureSource("objects/expected.npz")));
      const wanted = new Map(
        [...expected].flatMap(([name, tensor]) =>
          name.startsWith(`${file}/`) ? [[name.slice(file.length + 1), tensor] as const] : [],
        ),
      );
      const found = await readAll(await openArchive(fixtureSource(`objects/${file}`)));
      assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
      for (const [name, tensor] of wanted) assert.deepEqual(found.get(name), tensor, name);
    });
  }

  it("names what would have run, and does not run it", async () => {
    const { notes } = await openArchive(fixtureSource("objects/hostile.npy"));
    assert.match(notes.map((note) => renderText(note)).join("\n"), /posix\.system/);
    assert.ok(!existsSync("hostile"));
  });

  it("says that an array of nothing but itself holds no tensor", () =>
    assertRefused(
      "contains_itself.npy",
      readFixture("objects/contains_itself.npy"),
      "format",
      /it holds no tensor/,
    ));
});
