/** The numbers of a run that is open: by the run's tolerance, by another one, and by one of a single result. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { noControl } from "../../../src/core/control";
import { FileSet } from "../../../src/node/files";
import { mapFiles, type RunSpec } from "../../../src/run/spec/spec";
import type { Session } from "../../../src/session/session";
import { parseRunFile } from "../../../src/run/spec/file";
import { open } from "../support/memory";

async function example(name: string): Promise<Session> {
  const folder = join(process.cwd(), "examples", name);
  const { spec } = parseRunFile(readFileSync(join(folder, `${name}.unroll.json`), "utf8"));
  assert.ok(spec !== null);
  const whole: RunSpec = mapFiles(spec, (file) => join(folder, file));
  const files = new FileSet();
  try {
    return await open(whole, files);
  } finally {
    await files.close();
  }
}

describe("the numbers of an open run", () => {
  let session: Session;

  before(async () => {
    session = await example("differs");
  });
  after(() => {
    session.dispose();
  });

  async function outside(
    judged: Parameters<Session["numbers"]>[1],
  ): Promise<Record<string, number>> {
    const all = await session.numbers(noControl, judged);
    return Object.fromEntries(
      all.map(({ name, figures }) => [
        name,
        Number(figures.find(({ id }) => id === "outside")?.value),
      ]),
    );
  }

  it("are those of the verdicts", async () => {
    const found = await outside({});
    for (const { name, outside: wanted } of session.view.verdicts) {
      assert.equal(found[name], wanted, name);
    }
  });

  it("are judged by another tolerance, of all results or of one", async () => {
    assert.deepEqual(await outside({ atol: 10 }), { output: 0, h_n: 0 });
    const own = await outside({ each: { h_n: { atol: 10 } } });
    assert.equal(own["h_n"], 0);
    assert.equal(own["output"], (await outside({}))["output"]);
  });

  it("have places that the run has, in its own coordinates", async () => {
    const [output] = await session.numbers(noControl);
    const [first] = output?.mismatches ?? [];
    assert.deepEqual(first?.place, session.view.firstDivergence?.first);
    assert.equal(first?.index?.length, 3);
    assert.ok(output?.worst.length === 10);
    const sizes = output.worst.map(({ difference }) => Number(difference));
    assert.deepEqual(
      sizes,
      [...sizes].sort((left, right) => right - left),
    );
    assert.equal(output.largest?.difference, output.worst[0]?.difference);
  });
});

describe("the words of a run on tokens", () => {
  it("are those of the tokens that its input has", async () => {
    const session = await example("text-classifier");
    const words = session.view.surrounding?.words ?? [];
    assert.deepEqual(words[0], [0, "<pad>"]);
    assert.ok(words.some(([token, word]) => token === 18 && word === "soup"));
    session.dispose();
  });
});
