/** unroll map, --map, and maps in run files. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeArchive } from "../../../src/formats/write/write";
import { FileSet } from "../../../src/node/files";
import type { Tensor } from "../../../src/tensor/tensor";
import { root, unroll, useFolder } from "./terminal";

const lstm = join(root, "test/fixtures/cases/lstm-1l");

describe("unroll map", () => {
  const folder = useFolder();

  /** The weights of an LSTM under names that say nothing, and its input and output. */
  async function useNonsense(): Promise<void> {
    const files = new FileSet();
    try {
      const archive = await files.open(join(lstm, "weights.npz"));
      const tensors = new Map<string, Tensor>();
      for (const [index, entry] of archive.entries.entries()) {
        tensors.set(`q${index}`, await archive.read(entry));
      }
      writeFileSync(join(folder(), "w.npz"), await writeArchive("npz", tensors));
      copyFileSync(join(lstm, "io.npz"), join(folder(), "io.npz"));
    } finally {
      await files.close();
    }
  }

  const io = ["--input", "io.npz#input", "--reference", "output=io.npz#output"];

  it("ranks by a reference, writes the map, and every command takes it", async () => {
    await useNonsense();
    const ranked = await unroll(folder(), "map", "w.npz", ...io, "--out", "my.map.json");
    assert.equal(ranked.code, 0, ranked.stderr);
    assert.match(
      ranked.stdout,
      /^1\. {3}nn\.LSTM\(3, 4\), layout pytorch: reproduces the reference/,
    );
    const run = await unroll(folder(), "run", "--weights", "w.npz", "--map", "my.map.json", ...io);
    assert.equal(run.code, 0, run.stderr);
    const listed = await unroll(folder(), "inspect", "w.npz", "--map", "my.map.json");
    assert.match(listed.stdout, /mapped\. {2}nn\.LSTM\(3, 4\)/);
    const made = await unroll(
      folder(),
      ...["export", "w.npz", "--as", "pytorch", "--map", "my.map.json", "--out", "out.npz"],
    );
    assert.equal(made.code, 0, made.stderr);
    const again = await unroll(folder(), "run", "--weights", "out.npz", ...io);
    assert.equal(again.code, 0, again.stderr);
  });

  it("is a part of a run file, whole or by its name", async () => {
    await useNonsense();
    await unroll(folder(), "map", "w.npz", "--out", "my.map.json");
    const map = JSON.parse(readFileSync(join(folder(), "my.map.json"), "utf8")) as object;
    const spec = { input: "io.npz#input", reference: { output: "io.npz#output" } };
    for (const [name, own] of [
      ["inline", map],
      ["named", "my.map.json"],
    ] as const) {
      const file = `${name}.unroll.json`;
      const weights = { file: "w.npz", map: own };
      writeFileSync(join(folder(), file), JSON.stringify({ weights, ...spec }));
      for (const command of ["check", "shapes", "diagnose"]) {
        const { code, stderr } = await unroll(folder(), command, file);
        assert.equal(code, 0, `${command} ${file}: ${stderr}`);
      }
    }
  });

  it("prints all guesses as JSON, and writes the one that is picked", async () => {
    await useNonsense();
    const picked = ["--pick", "2", "--out", "two.json"];
    const { code, stdout } = await unroll(folder(), "map", "w.npz", "--json", ...picked);
    assert.equal(code, 0);
    const { guesses } = JSON.parse(stdout) as { guesses: { map: object }[] };
    const written: unknown = JSON.parse(readFileSync(join(folder(), "two.json"), "utf8"));
    assert.deepEqual(written, guesses[1]?.map);
  });

  it("ends in one sentence for maps that are none, or do not fit", async () => {
    await useNonsense();
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [[], /Expected a map of a module/],
      [{ kind: "LSTM", slots: { weight_ih_l0: 3 } }, /slots\.weight_ih_l0: Expected the name/],
      [{ kind: "LSTM", hiddenSize: 1e300, slots: {} }, /hiddenSize: Expected a whole number/],
      [
        { kind: "LSTM", slots: { weight_ih_l0: "q0", weight_hh_l0: "nothing" } },
        /w\.npz: its map does not fit: weight_hh_l0: the file has no tensor nothing/,
      ],
      [
        { kind: "LSTM", slots: { weight_ih_l0: "q1", weight_hh_l0: "q0" } },
        /its map does not fit: weight_hh_l0: expected/,
      ],
      [{ kind: "GRU", slots: {} }, /the sizes are not known/],
    ];
    for (const [map, sentence] of cases) {
      writeFileSync(join(folder(), "bad.json"), JSON.stringify(map));
      const { code, stderr } = await unroll(folder(), "inspect", "w.npz", "--map", "bad.json");
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
  });

  it("names the way out where no module is found", async () => {
    await useNonsense();
    const { code, stderr } = await unroll(folder(), "run", "--weights", "w.npz", ...io);
    assert.equal(code, 2);
    assert.match(stderr, /unroll map w\.npz ranks what fits, --map takes it/);
    const none = await unroll(folder(), "map", "w.npz", "--pick", "2");
    assert.match(none.stderr, /--pick: needs --out/);
  });
});
