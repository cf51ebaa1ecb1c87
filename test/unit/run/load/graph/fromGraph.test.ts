/**
 * Whole ONNX models: what the graph gives a module is what onnx says that it gives, and whole and by module are equal.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { noControl } from "../../../../../src/core/control";
import { UnsupportedError } from "../../../../../src/core/errors";
import { renderText } from "../../../../../src/core/text";
import { FileSet } from "../../../../../src/node/files";
import type { ReferenceAnswer } from "../../../../../src/reference/engine";
import { createOnnxEngine } from "../../../../../src/reference/onnx/engine";
import { withAnswer } from "../../../../../src/reference/answer";
import { executeRun } from "../../../../../src/run/execute";
import { loadRun, type LoadedRun } from "../../../../../src/run/load/load";
import { runInputsOf } from "../../../../../src/run/load/runInputs";
import type { RunSpec } from "../../../../../src/run/spec/spec";
import type { Tensor } from "../../../../../src/tensor/tensor";
import { fixtures } from "../../../support/goldens";
import { directOnnxRuntime } from "../../../support/onnxRuntime";

const folder = join(fixtures, "onnx-graphs");

/** Files whose models are run on this thread. */
class DirectFiles extends FileSet {
  runs = 0;

  override runModel(
    ...[job, control]: Parameters<FileSet["runModel"]>
  ): ReturnType<FileSet["runModel"]> {
    this.runs += 1;
    return directOnnxRuntime.run(job, control);
  }
}

interface Loaded {
  readonly files: DirectFiles;
  readonly spec: RunSpec;
  readonly loaded: LoadedRun;
}

const opened: FileSet[] = [];

function newFiles(): DirectFiles {
  const files = new DirectFiles();
  opened.push(files);
  return files;
}

async function load(name: string, changes: Partial<RunSpec> = {}): Promise<Loaded> {
  const at = join(folder, name);
  const files = newFiles();
  const spec: RunSpec = {
    weights: { file: join(at, "model.onnx") },
    input: join(at, "test_data_set_0"),
    ...changes,
  };
  return { files, spec, loaded: await loadRun(spec, files) };
}

/** What onnx computed in and around the node. */
async function expectedOf(name: string): Promise<(key: string) => Promise<Tensor>> {
  const archive = await newFiles().open(join(folder, name, "node.npz"));
  return (key) => {
    const entry = archive.entries.find((each) => each.name === key);
    assert.ok(entry !== undefined, key);
    return archive.read(entry);
  };
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(found.length, expected.length, what);
  for (let at = 0; at < found.length; at++) {
    const apart = Math.abs((found[at] ?? NaN) - (expected[at] ?? NaN));
    assert.ok(apart < 2e-6, `${what}: ${apart} apart at ${at}`);
  }
}

/** The results and states of two answers are the same but for rounding. */
function assertSame(answer: ReferenceAnswer, expected: ReferenceAnswer): void {
  for (const result of ["output", "h_n", "c_n"] as const) {
    assertClose(answer.tensors[result]?.data ?? [], expected.tensors[result]?.data ?? [], result);
  }
  assert.equal(answer.states.length, expected.states.length);
  for (const [at, { tensor, quantity }] of answer.states.entries()) {
    assertClose(tensor.data, expected.states[at]?.tensor.data ?? [], quantity);
  }
}

async function answerTo({ loaded, spec }: Loaded, graph = loaded.graph): Promise<ReferenceAnswer> {
  const engine = createOnnxEngine(directOnnxRuntime);
  const inputs = await runInputsOf(loaded, spec);
  const request = { choice: { id: "onnxruntime" as const }, inputs, file: null, graph };
  const outcome = await engine.run(request, noControl);
  assert.ok(outcome.kind === "answer", "sentence" in outcome ? renderText(outcome.sentence) : "");
  return outcome;
}

function notesOf({ notes }: Pick<ReferenceAnswer, "notes">): string {
  return notes.map((note) => renderText(note)).join("\n");
}

const cases = [
  "learned_states",
  "constant_lengths",
  "reverse",
  "layout_1",
  "in_if",
  "image",
  "stack",
  "asks_for_more",
  "tokens",
  "in_function",
];

describe("a run whose input is that of a whole model", function () {
  this.timeout(120_000);

  afterEach(() => Promise.all(opened.splice(0).map((files) => files.close())));

  for (const name of cases) {
    it(`gets what the graph gives its module: ${name}`, async () => {
      const made = await load(name);
      const { loaded, files } = made;
      const expected = await expectedOf(name);
      const x = await expected("x");
      // Nothing is computed beforehand where tokens are looked up by the run itself.
      assert.equal(files.runs, name === "tokens" ? 0 : 1);
      if (name !== "layout_1") assertClose(loaded.input.data, x.data, "x");
      if (name === "constant_lengths") assert.deepEqual(loaded.lengths, [4, 2, 3]);
    });

    it(`is equal whole and by module: ${name}`, async () => {
      const made = await load(name);
      const { loaded, spec } = made;
      const whole = await answerTo(made);
      assert.match(notesOf(whole), /output, final states and h are those of the whole model/);
      assertSame(whole, await answerTo(made, null));
      const result = executeRun(withAnswer(await runInputsOf(loaded, spec), whole), {
        control: noControl,
      });
      for (const { name: what, comparison } of result.compared) {
        assert.notEqual(comparison?.verdict ?? "none", "differs", what);
      }
      result.trace.dispose();
    });
  }

  for (const name of ["learned_states", "asks_for_more"]) {
    it(`gets the states that the graph gives its module: ${name}`, async () => {
      const { loaded } = await load(name);
      const expected = await expectedOf(name);
      for (const key of ["h0", "c0"] as const) {
        assertClose(loaded[key]?.data ?? [], (await expected(key)).data, key);
      }
    });
  }

  it("takes the outputs of test data that are the module's own as references", async () => {
    const { loaded } = await load("learned_states");
    assert.ok(loaded.reference.output !== null && loaded.reference.cn !== null);
    assert.equal(loaded.reference.hn, null);
    const { loaded: reversed } = await load("reverse");
    assert.ok(reversed.reference.output === null && reversed.reference.hn !== null);
  });

  it("says how far the model's outputs are from its test data, and that layout 1 was turned", async () => {
    const image = await answerTo(await load("image"));
    assert.match(notesOf(image), /the whole model's Y is at most \S+ from what its test data say/);
    assert.match(
      notesOf(await answerTo(await load("layout_1"))),
      /in layout 0 between transpositions/,
    );
  });

  it("takes the files as they lie: one of several, and one that is called as the model's input", async () => {
    const at = (name: string, file: string): string => join(folder, name, "test_data_set_0", file);
    const several = await load("in_if", { input: at("in_if", "input_1.pb") });
    assert.equal(several.files.runs, 1);
    const alone = await load("image", { input: at("image", "input_0.pb") });
    assertClose(alone.loaded.input.data, (await (await expectedOf("image"))("x")).data, "x");
  });

  it("keeps to the module where that is said, and to the graph where that is", async () => {
    const npz = `${join(folder, "reverse", "node.npz")}#x`;
    const own = await load("reverse", { input: npz, options: { inputOf: "module" } });
    assert.equal(own.loaded.graph, null);
    assert.equal(own.files.runs, 0);
    const graph = await load("reverse", { input: npz, options: { inputOf: "graph" } });
    assert.equal(graph.files.runs, 1);
    assertClose(
      graph.loaded.input.data,
      own.loaded.input.data.map((value) => 2 * value),
      "x, which the graph doubles",
    );
  });

  it("is refused in one sentence where the module runs more than once, or nothing computes it", async () => {
    const loop = load("in_loop");
    await assert.rejects(loop, (error) => {
      assert.ok(error instanceof UnsupportedError);
      assert.match(error.message, /lies in the body of Loop, which may run it more than once/);
      return true;
    });
    const spec = (await load("image")).spec;
    const files = newFiles();
    const withoutEngine = { open: (location: string) => files.open(location) };
    await assert.rejects(loadRun(spec, withoutEngine), /ONNX Runtime is not at hand here/);
  });

  it("is said of a branch that was not taken", async () => {
    const { spec, files } = await load("in_if");
    const other = {
      open: async (location: string) => {
        const archive = await files.open(location);
        if (archive.testSet === undefined) return archive;
        const read: typeof archive.read = async (entry) => {
          const tensor = await archive.read(entry);
          return tensor.dtype === "bool" ? { ...tensor, data: tensor.data.fill(0) } : tensor;
        };
        return { ...archive, read };
      },
      runModel: files.runModel.bind(files),
    };
    await assert.rejects(loadRun(spec, other), /a branch was not taken/);
  });
});
