/** Archives in memory, and sessions opened from them. */
import { NotFoundError } from "../../../src/core/errors";
import type { Archive } from "../../../src/formats/base/archive";
import type { ArchiveFormat } from "../../../src/formats/base/names";
import type { RunSpec } from "../../../src/run/spec/spec";
import { noControl } from "../../../src/core/control";
import type { ArchiveFiles } from "../../../src/run/load/tensors/chooseTensor";
import { openSession } from "../../../src/session/openSession";
import type { Session } from "../../../src/session/session";
import { cropRaw, encodeRaw } from "../../../src/tensor/raw";
import type { Tensor } from "../../../src/tensor/tensor";
import { text, type Text } from "../../../src/core/text";
import { entryOf, float64, parametersOf, type ForwardCase, type Values } from "./goldens";

export type Tensors = Readonly<Record<string, Tensor>>;

/** An archive of tensors in memory. */
export function archiveOf(
  tensors: Tensors,
  format: ArchiveFormat = "npz",
  notes: readonly Text[] = [],
): Archive {
  const read: Archive["read"] = ({ name }) => {
    const tensor = tensors[name];
    if (tensor === undefined) throw new NotFoundError(name, text("it is not in this archive"));
    return Promise.resolve(tensor);
  };
  return {
    format,
    notes,
    declared: [],
    entries: Object.entries(tensors).map(([name, { shape, dtype }]) => entryOf(name, shape, dtype)),
    read,
    readBox: async (entry, box) => {
      const { dtype, shape, data } = await read(entry);
      return cropRaw(encodeRaw(dtype, shape, data), box);
    },
  };
}

/** Files in memory by location; `opened` collects what was asked for. */
export function filesOf(archives: Readonly<Record<string, Archive>>): ArchiveFiles {
  return {
    open: (location) => {
      const archive = archives[location];
      if (archive !== undefined) return Promise.resolve(archive);
      return Promise.reject(new NotFoundError(location, text("the file is not there")));
    },
  };
}

/** float32 copy of a tensor. */
function narrowed({ shape, data }: Tensor): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from(data) };
}

/** The files of a golden case: weights in `w`, everything else in `io`, all float32 unless `keep`. */
export function filesOfCase(item: ForwardCase, changes: Tensors = {}, keep = false): ArchiveFiles {
  const store = (tensor: Tensor): Tensor => (keep ? tensor : narrowed(tensor));
  const tensorOf = (values: Values): Tensor => store(float64(values));
  const weights = [...parametersOf(item)].map(([name, tensor]) => [name, store(tensor)] as const);
  const io = {
    input: tensorOf(item.input),
    ...(item.h0 === null ? {} : { h0: tensorOf(item.h0) }),
    output: tensorOf(item.output),
    h_n: tensorOf(item.h_n),
    ...changes,
  };
  return filesOf({ w: archiveOf(Object.fromEntries(weights)), io: archiveOf(io) });
}

/** The run of a golden case with its reference. */
export function specOfCase(item: ForwardCase): RunSpec {
  const { batch_first: batchFirst = false, nonlinearity = "tanh" } = item.options;
  return {
    weights: { file: "w" },
    input: "io#input",
    ...(item.h0 === null ? {} : { h0: "io#h0" }),
    ...(item.lengths === null ? {} : { lengths: item.lengths }),
    options: { batchFirst, nonlinearity },
    reference: { output: "io#output", h_n: "io#h_n" },
  };
}

export function openCase(
  item: ForwardCase,
  changes: { spec?: Partial<RunSpec>; tensors?: Tensors; keep?: boolean } = {},
): Promise<Session> {
  const files = filesOfCase(item, changes.tensors, changes.keep);
  return open({ ...specOfCase(item), ...changes.spec }, files);
}

export function open(spec: RunSpec, files: ArchiveFiles): Promise<Session> {
  return openSession(spec, files, { revision: 1, runFile: null, control: noControl });
}
