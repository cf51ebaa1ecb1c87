/** Clashes and traps of a run file, at the values that cause them, with edits that mend the text. */
import assert from "node:assert/strict";
import { applyEdits } from "jsonc-parser";
import { renderText } from "../../../../src/core/text";
import { runProblems, type ShownProblem } from "../../../../src/host/runFiles/runProblems";
import { parseRunFile } from "../../../../src/run/spec/file";
import { checkRun } from "../../../../src/session/check";
import { filesOf, type Shapes } from "../../diagnosis/runs";

const gru = { cell: "GRU", inputSize: 3, hiddenSize: 4 } as const;

/** The problems of a run file in the folder of its files. */
async function problemsOf(source: string, io: Shapes): Promise<ShownProblem[]> {
  const { spec } = parseRunFile(source);
  assert.ok(spec);
  const checked = await checkRun(spec, filesOf({ "": gru }, io));
  return runProblems(source, checked, (location) => `./${location}`);
}

function at(source: string, { offset, length }: ShownProblem): string {
  return source.slice(offset, offset + length);
}

describe("problems of the run of a run file", () => {
  const source = `{
  // A comment stays.
  "weights": { "file": "weights.npz" },
  "input": "io.npz#x",
  "options": { "batchFirst": false }
}`;

  it("are none where everything fits and nothing is silent", async () => {
    assert.deepEqual(await problemsOf(source, { x: [5, 2, 3] }), []);
  });

  it("stand at the input, and its fix names another tensor as the file would", async () => {
    const [clash, ...more] = await problemsOf(source, { x: [5, 2, 7], data: [5, 2, 3] });
    assert.deepEqual(more, []);
    assert.ok(clash);
    assert.equal(clash.severity, "error");
    assert.equal(at(source, clash), '"io.npz#x"');
    const [fix] = clash.fixes ?? [];
    assert.ok(fix);
    const mended = applyEdits(source, [...fix.edits]);
    assert.match(mended, /"input": "\.\/io\.npz#data"/);
    assert.match(mended, /A comment stays/);
    assert.ok(parseRunFile(mended).spec);
  });

  it("offer to take a key out", async () => {
    const withState = source.replace('"options"', '"h0": "io.npz#h0",\n  "options"');
    const [clash] = await problemsOf(withState, { x: [5, 2, 3], h0: [2, 1, 4] });
    assert.ok(clash);
    assert.equal(at(withState, clash), '"io.npz#h0"');
    const fix = clash.fixes?.find(({ title }) => renderText(title).startsWith("Leave h0 out"));
    assert.ok(fix);
    const { spec } = parseRunFile(applyEdits(withState, [...fix.edits]));
    assert.ok(spec);
    assert.equal(spec.h0, undefined);
  });

  it("add a key that is not there", async () => {
    const bare =
      '{ "weights": { "file": "weights.npz" }, "input": "io.npz#x", "h0": "io.npz#h0", "options": {"batchFirst": true} }';
    const [clash] = await problemsOf(bare, { x: [5, 2, 3], h0: [1, 2, 4] });
    const [fix] = clash?.fixes ?? [];
    assert.ok(fix);
    const { spec } = parseRunFile(applyEdits(bare, [...fix.edits]));
    assert.equal(spec?.options?.batchFirst, false);
  });

  it("warn of a reference that cannot be compared", async () => {
    const compared = source.replace(
      '"options"',
      '"reference": { "output": "io.npz#y" },\n  "options"',
    );
    const [warning] = await problemsOf(compared, { x: [5, 2, 3], y: [5, 2, 9] });
    assert.ok(warning);
    assert.equal(warning.severity, "warning");
    assert.equal(at(compared, warning), '"io.npz#y"');
    assert.match(renderText(warning.message), /gives \[5, 2, 4\] and this is \[5, 2, 9\]/);
  });

  it("hint at traps by name", async () => {
    const [hint] = await problemsOf(source, { x: [5, 5, 3] });
    assert.ok(hint);
    assert.deepEqual([hint.severity, hint.trap], ["hint", "batch-equals-steps"]);
    assert.equal(at(source, hint), '"io.npz#x"');
  });

  it("stand at the weights where a parameter is wrong", async () => {
    const files = filesOf({ "": gru }, { x: [5, 2, 3] });
    const weights = await files.open("weights.npz");
    const entries = weights.entries.filter(({ name }) => name !== "bias_hh_l0");
    const { spec } = parseRunFile(source);
    assert.ok(spec);
    const open = (name: string): ReturnType<typeof files.open> =>
      name === "weights.npz" ? Promise.resolve({ ...weights, entries }) : files.open(name);
    const [clash] = runProblems(source, await checkRun(spec, { open }), (name) => name);
    assert.ok(clash);
    assert.equal(at(source, clash), '"weights"');
  });
});
