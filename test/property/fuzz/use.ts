/** What is done with an archive that opened: everything that a user can ask of it, on a small scale. */
import { ArchiveSession } from "../../../src/session/archive/session";
import { noControl } from "../../../src/core/control";
import { isUnrollError } from "../../../src/core/errors";
import type { Archive } from "../../../src/formats/base/archive";
import { withModules } from "../../../src/model/derive/derive";
import type { RecurrentModule } from "../../../src/model/find/find";
import type { RunSpec } from "../../../src/run/spec/spec";
import type { ArchiveFiles } from "../../../src/run/load/tensors/chooseTensor";
import { openSession } from "../../../src/session/openSession";
import type { Session } from "../../../src/session/session";
import type { TensorEntry } from "../../../src/tensor/tensor";
import { archiveOf, filesOf, type Tensors } from "../../unit/support/memory";

/** More is left out: an input is to be judged within milliseconds. */
const maxBytes = 2 ** 20;
const maxTensors = 3;
const maxModules = 2;

const sizes = { seqLength: 3, batchSize: 2 };

/** An LSTM of 3 inputs and 2 units that every mutated tensor may be the input, state or reference of. */
const network = filledTensors({
  weight_ih_l0: [8, 3],
  weight_hh_l0: [8, 2],
  bias_ih_l0: [8],
  bias_hh_l0: [8],
});

/** Runs `work`; what is not one of our errors is thrown. */
async function attempt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnrollError(error)) throw error;
  }
}

/** Statistics, pictures, exports, runs, comparisons and gradients of what is in an archive. */
export async function useAll(file: string, bytes: number, archive: Archive): Promise<void> {
  const looked = archive.entries.slice(0, maxTensors);
  await attempt(async () => {
    const session = new ArchiveSession(archive, { file, fileBytes: bytes, revision: 1 });
    session.tree({ query: "", open: [], start: 0, count: 20 });
    for (const entry of looked) await useTensor(session, entry);
    await exportAll(session, looked);
  });
  for (const entry of looked) await useAsInput(file, archive, entry);
  await attempt(async () => {
    for (const module of withModules(file, archive).modules.slice(0, maxModules)) {
      if (isSmall([...module.entries.values()])) await useModule(file, archive, module);
    }
  });
}

function isSmall(entries: readonly TensorEntry[]): boolean {
  return entries.reduce((sum, { byteLength }) => sum + byteLength, 0) <= maxBytes;
}

async function useTensor(session: ArchiveSession, entry: TensorEntry): Promise<void> {
  const { name: tensor, shape } = entry;
  const effort = isSmall([entry]) ? "exact" : "sample";
  await attempt(() => session.statistics({ tensor, slice: null, effort }, noControl));
  await attempt(() => session.spectrum(tensor, noControl));
  if (shape.includes(0)) return;
  const [rowAxis, columnAxis] = [shape.length - 2, shape.length - 1].map((axis) =>
    axis < 0 ? null : axis,
  );
  const slice = {
    rowAxis: rowAxis ?? null,
    columnAxis: columnAxis ?? null,
    index: shape.map(() => 0),
    part: "real" as const,
  };
  const window = { slice, rowStart: 0, rowEnd: 1, columnStart: 0, columnEnd: 1 };
  await attempt(() => session.cells({ tensor, ...window }));
  const tile = { maxRows: 4, maxColumns: 4, aggregate: "mean", effort: "sample" } as const;
  await attempt(() => session.tile({ tensor, ...window, ...tile }, noControl));
}

async function exportAll(session: ArchiveSession, looked: readonly TensorEntry[]): Promise<void> {
  const small = looked.filter((entry) => isSmall([entry])).map(({ name }) => name);
  const sink = (): Promise<void> => Promise.resolve();
  for (const format of ["npy", "npz", "safetensors", "csv", "json"] as const) {
    const tensors = format === "npy" || format === "csv" ? small.slice(0, 1) : small;
    await attempt(() => session.export({ tensors, slice: null, format }, sink, noControl));
  }
}

/** A tensor of the file as the input, the reference and the lengths of a network that is right. */
async function useAsInput(file: string, archive: Archive, entry: TensorEntry): Promise<void> {
  if (!isSmall([entry])) return;
  const ref = `${file}#${entry.name}`;
  const files = filesOf({ weights: archiveOf(network), [file]: archive });
  const weights = { file: "weights" };
  await attempt(() => run({ weights, input: ref, reference: { output: ref, h_n: ref } }, files));
}

/** A module of the file on an input that fits what it says of itself, compared with zeros. */
async function useModule(file: string, archive: Archive, module: RecurrentModule): Promise<void> {
  const { inputSize, hiddenSize } = module.config;
  if (inputSize * hiddenSize > maxBytes) return;
  const { seqLength, batchSize } = sizes;
  const directions = module.config.bidirectional ? 2 : 1;
  const units = module.config.projSize > 0 ? module.config.projSize : hiddenSize;
  const io = filledTensors({
    x: [seqLength, batchSize, inputSize],
    y: [seqLength, batchSize, directions * units],
  });
  const files = filesOf({ [file]: archive, io: archiveOf(io) });
  const spec: RunSpec = {
    weights: { file, module: module.prefix },
    input: "io#x",
    reference: { output: "io#y" },
  };
  for (const precision of ["f32", "bf16"] as const) {
    await attempt(() => run({ ...spec, options: { precision } }, files));
  }
}

async function run(spec: RunSpec, files: ArchiveFiles): Promise<void> {
  const options = { revision: 1, runFile: null, control: noControl, maxTraceBytes: 2 ** 20 };
  const session = await openSession(spec, files, options);
  try {
    if (session.view.lanes.length > 0) await look(session);
  } finally {
    session.dispose();
  }
}

async function look(session: Session): Promise<void> {
  await attempt(() => Promise.resolve(session.tensors({ states: true })));
  const place = { layer: 0, direction: "forward", step: 0, batch: 0, unit: 0 } as const;
  await attempt(() => Promise.resolve(session.explain({ ...place, stateName: "h" })));
  const loss = { control: noControl, keepsSteps: true };
  await attempt(() => session.lossGradients({ kind: "sum" }, loss));
}

function filledTensors(shapes: Readonly<Record<string, readonly number[]>>): Tensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length: count }, (_, k) => Math.sin(k + 1) / 2);
      return [name, { dtype: "float32", shape, data }];
    }),
  );
}
