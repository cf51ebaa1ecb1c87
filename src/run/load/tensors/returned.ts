/**
 * Results out of the list that a layer of Keras returns, `[output, h, c]` or with the states of both directions.
 */
import { baseName } from "../../../core/baseName";
import { text, type Text } from "../../../core/text";
import type { RecurrentConfig } from "../../../model/config";
import { returnedList } from "../../../model/find/returned";
import { elementCount, zerosLike, type Tensor } from "../../../tensor/tensor";
import { parseTensorRef, type TensorRef } from "../../spec/spec";
import type { ArchiveFiles, SourcedTensor } from "./chooseTensor";

interface Frame {
  readonly files: ArchiveFiles;
  readonly config: RecurrentConfig;
  readonly notes: Text[];
}

/** null where the file is no such list, or `ref` names a tensor. @throws the readers' errors. */
export async function readReturned(
  ref: TensorRef,
  name: "output" | "hn" | "cn",
  { files, config, notes }: Frame,
): Promise<SourcedTensor | null> {
  const { file: location, tensor = "" } = parseTensorRef(ref);
  if (tensor !== "") return null;
  const archive = await files.open(location);
  const list = returnedList(archive.entries, config);
  if (list === null) return null;
  const file = baseName(location);
  if (name === "output") {
    const { output } = list;
    if (output === null) return null;
    return { file, name: output.name, tensor: await archive.read(output), packed: null };
  }
  const parts: Tensor[] = [];
  for (const entry of list[name]) parts.push(await archive.read(entry));
  const [first] = parts;
  if (first === undefined) return null;
  const names = list[name].map((entry) => entry.name);
  const what = name === "hn" ? "h_n" : "c_n";
  notes.push(text("{0} is {1} of the list {2}, as layers of Keras return it", what, names, file));
  return { file, name: names.join(", "), tensor: stacked(first, parts), packed: null };
}

/** [B, H] of each direction as [D, B, H]. */
function stacked({ dtype, shape, data }: Tensor, parts: readonly Tensor[]): Tensor {
  const size = elementCount(shape);
  const all = zerosLike(data, size * parts.length);
  for (const [at, part] of parts.entries()) all.set(part.data, at * size);
  return { dtype, shape: [parts.length, ...shape], data: all };
}
