/** The user's own output beside the reference in a chaotic run: each is judged by its own steps. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readRun } from "../../../src/cli/flags/runSource";
import { noControl } from "../../../src/core/control";
import { renderText } from "../../../src/core/text";
import { FileSet } from "../../../src/node/files";
import type { Archive } from "../../../src/formats/base/archive";
import type { OwnView } from "../../../src/protocol/run/verdictMessages";
import type { ArchiveFiles } from "../../../src/run/load/tensors/chooseTensor";
import { openSession } from "../../../src/session/openSession";
import { archiveOf } from "../support/memory";

const folder = join("test", "fixtures", "chaos");
const given = { options: {}, tolerance: {} };

/** Changes an output, (100, 2, 16), in place. */
type Change = (values: Float32Array) => void;

/** What is said of the output of a fixture beside that of another as the user's own, each changed where that is given. */
async function ownOf(
  reference: string,
  own: string,
  { ofReference, ofOwn }: { readonly ofReference?: Change; readonly ofOwn?: Change } = {},
): Promise<OwnView> {
  const real = new FileSet();
  const changed = async (name: string, change?: Change): Promise<Archive> => {
    const archive = await real.open(join(folder, `rnn_${name}.safetensors`));
    const entry = archive.entries.find((each) => each.name === "output");
    assert.ok(entry);
    const { shape, data, dtype } = await archive.read(entry);
    const values = Float32Array.from(data);
    change?.(values);
    return archiveOf({ output: { shape, data: values, dtype } });
  };
  try {
    const { spec } = await readRun(join(folder, "rnn_right.unroll.json"), given, ".");
    const mine = await changed(own, ofOwn);
    const theirs = await changed(reference, ofReference);
    const made: Readonly<Record<string, Archive>> = { mine, theirs };
    const files: ArchiveFiles = { open: async (name) => made[name] ?? real.open(name) };
    const options = { revision: 1, runFile: null, control: noControl };
    const asked = { ...spec, reference: { output: "theirs" }, own: { output: "mine" } };
    const session = await openSession(asked, files, options);
    try {
      const { own: view } = session.view;
      assert.ok(view);
      return view;
    } finally {
      session.dispose();
    }
  } finally {
    await real.close();
  }
}

function between({ withReference }: OwnView): unknown {
  return withReference.find(({ name }) => name === "output")?.verdict;
}

describe("the user's own output beside the reference of a chaotic run", () => {
  it("differs where one of them has a wrong step late, past the horizon", async () => {
    const wrongReference = await ownOf("late", "right");
    assert.deepEqual([wrongReference.alone, between(wrongReference)], ["reference", "differs"]);
    const wrongOwn = await ownOf("right", "late");
    assert.deepEqual([wrongOwn.alone, between(wrongOwn)], ["own", "differs"]);
    assert.equal(between(await ownOf("early", "late")), "differs");
  });

  it("agrees where both have the same wrong step", async () => {
    const same = await ownOf("late", "late");
    assert.deepEqual([same.alone, between(same)], ["run", "rounding"]);
  });

  it("is not said to agree where both are wrong in the same step in another way", async () => {
    const last = 99 * 2 * 16 + 3;
    const other = await ownOf("right", "right", {
      ofReference: (values) => {
        values[last] = 0.9;
      },
      ofOwn: (values) => {
        values[last] = -0.9;
      },
    });
    assert.equal(other.alone, null);
    assert.match(renderText(other.sentence), /whether they agree with each other cannot be known$/);
  });
});
