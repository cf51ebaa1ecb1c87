/**
 * A model as a computation that can be run: its files in memory, with what its recurrent nodes are given and give.
 */
import { LimitError } from "../../core/errors";
import type { ByteSource } from "../base/bytes";
import type { ComputedGraph, ExposedModel } from "../base/graph";
import { dataTypes } from "./protobuf/tensorFields";
import { exposeStates } from "./exposed/exposed";
import type { OnnxGraph } from "./protobuf/graph";
import type { OnnxValues } from "./protobuf/values";

/** Who runs a model takes one of less than 2 GiB, its external data included. */
const maxBytes = 2 ** 31 - 1;

/** The files of a model beside its own. */
interface External {
  /** As the model has them. */
  readonly locations: readonly string[];
  readonly values: OnnxValues;
}

export function computedGraph(
  source: ByteSource,
  { inputs, outputs, initializers }: OnnxGraph,
  { locations, values }: External,
): ComputedGraph {
  const valued = new Set(initializers.map(({ name }) => name));
  const bytes = async (): Promise<number> => {
    let sum = source.size;
    for (const location of locations) sum += (await values.openExternal(location)).size;
    return sum;
  };
  return {
    inputs: inputs.filter((name) => !valued.has(name)),
    outputs,
    bytes,
    exposed: async (): Promise<ExposedModel> => {
      const size = await bytes();
      if (size > maxBytes) throw new LimitError(source.name, { of: "file-bytes" }, maxBytes, size);
      const external: Record<string, Uint8Array> = {};
      for (const location of locations) {
        const file = await values.openExternal(location);
        external[location] = await file.read(0, file.size);
      }
      const model = await source.read(0, source.size);
      return { ...exposeStates(source.name, model, floatTypeOf(initializers)), external };
    },
  };
}

/** TensorProto.DataType of most weights: the recurrent nodes of a model compute in one type. */
function floatTypeOf(initializers: OnnxGraph["initializers"]): number {
  const first = initializers.find(
    (tensor) => "dtype" in tensor && tensor.dtype.includes("float") && tensor.shape.length > 1,
  );
  const dtype = first !== undefined && "dtype" in first ? first.dtype : "float32";
  return Math.max(1, dataTypes.indexOf(dtype));
}
