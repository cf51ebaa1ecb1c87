/**
 * A folder of ONNX' test data as one archive: `input_0.pb`, `output_0.pb` and so on, by the names of the files.
 *
 * Spec: github.com/onnx/onnx, docs/OnnxBackendTest.md.
 */
import { tensorsOf, type Archive, type TestTensor } from "../base/archive";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";

/** Files of test data, and of which position among the model's own inputs or outputs. */
export const testFile = /^(input|output)_(\d{1,4})\.pb$/;

/** A file of the folder. */
interface TestFile {
  /** Without its folder: `input_0.pb`. */
  readonly file: string;
  readonly archive: Archive;
}

/** The tensors of the files; `folder` is its name. */
export function testSetArchive(folder: string, files: readonly TestFile[]): Archive {
  const sources = new Map<TensorEntry, { readonly archive: Archive; readonly own: TensorEntry }>();
  const sets = { input: new Map<number, TestTensor>(), output: new Map<number, TestTensor>() };
  const notes = files.flatMap(({ file, archive }) =>
    archive.notes.map((note) => text("{0}: {1}", file, note)),
  );
  for (const { file, archive } of files) {
    const [, kind, position] = testFile.exec(file) ?? [];
    const stem = file.slice(0, -".pb".length);
    const [only, ...others] = archive.entries;
    if (only === undefined || kind === undefined) continue;
    for (const own of archive.entries) {
      const name = others.length === 0 ? stem : own.name;
      const entry = { ...own, name };
      sources.set(entry, { archive, own });
      if (others.length > 0) continue;
      const tensor = { entry, name: own.name === stem ? "" : own.name };
      sets[kind === "input" ? "input" : "output"].set(Number(position), tensor);
    }
  }
  return {
    format: "onnx",
    notes,
    declared: [],
    testSet: { inputs: inOrder(sets.input), outputs: inOrder(sets.output) },
    ...tensorsOf(folder, sources, ({ archive, own }, box) => archive.readBox(own, box)),
  };
}

function inOrder(found: ReadonlyMap<number, TestTensor>): (TestTensor | null)[] {
  const count = Math.max(-1, ...found.keys()) + 1;
  return Array.from({ length: count }, (_, position) => found.get(position) ?? null);
}
