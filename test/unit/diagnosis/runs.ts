/** Runs in memory for tests of clashes and traps: a module's weights and a file of other tensors. */
import type { Archive } from "../../../src/formats/base/archive";
import type { RecurrentConfig } from "../../../src/model/config";
import { expectedParameters } from "../../../src/model/parameters";
import type { ArchiveFiles } from "../../../src/run/load/tensors/chooseTensor";
import type { RunSpec } from "../../../src/run/spec/spec";
import type { RunCheck } from "../../../src/protocol/run/workerMessages";
import { checkRun } from "../../../src/session/check";
import { renderText } from "../../../src/core/text";
import { elementCount, type Shape, type TensorEntry } from "../../../src/tensor/tensor";
import { rnnConfig } from "../support/goldens";

/** Tensors of zeros by name; whole numbers where `numbers` are given. */
export type Shapes = Readonly<Record<string, Shape | { readonly numbers: readonly number[] }>>;

function archiveOf(shapes: Shapes): Archive {
  const values = new Map<string, readonly number[]>();
  const entries = Object.entries(shapes).map(([name, given]): TensorEntry => {
    const isList = "numbers" in given;
    if (isList) values.set(name, given.numbers);
    const shape = isList ? [given.numbers.length] : given;
    return {
      name,
      shape,
      dtype: isList ? "int64" : "float32",
      byteLength: 4 * elementCount(shape),
    };
  });
  return {
    format: "npz",
    entries,
    notes: [],
    declared: [],
    read: ({ name, shape, dtype }) =>
      Promise.resolve({
        shape,
        dtype,
        data: Float64Array.from(values.get(name) ?? new Array<number>(elementCount(shape)).fill(0)),
      }),
    readBox: () => Promise.reject(new Error("nothing of these files is read in parts")),
  };
}

/** Files `weights.npz` (one module for each prefix) and `io.npz`. */
export function filesOf(
  modules: Readonly<Record<string, Partial<RecurrentConfig>>>,
  io: Shapes,
): ArchiveFiles {
  const parameters = Object.entries(modules).flatMap(([prefix, config]) =>
    expectedParameters(rnnConfig(config)).map(({ name, shape }) => [prefix + name, shape] as const),
  );
  const archives = new Map([
    ["weights.npz", archiveOf(Object.fromEntries(parameters))],
    ["io.npz", archiveOf(io)],
  ]);
  return {
    open: (location) => {
      const archive = archives.get(location);
      return archive === undefined
        ? Promise.reject(new Error(`no ${location}`))
        : Promise.resolve(archive);
    },
  };
}

/** A run of the input `x` of `io.npz`. */
export function runOf(more: Partial<RunSpec> = {}): RunSpec {
  return { weights: { file: "weights.npz" }, input: "io.npz#x", ...more };
}

/** Checks a run of one module. */
export function checked(
  config: Partial<RecurrentConfig>,
  io: Shapes,
  more: Partial<RunSpec> = {},
): Promise<RunCheck> {
  return checkRun(runOf(more), filesOf({ "": config }, io));
}

/** The titles of the fixes. */
export function titles({ fixes }: RunCheck): string[] {
  return fixes.map(({ title }) => renderText(title));
}
