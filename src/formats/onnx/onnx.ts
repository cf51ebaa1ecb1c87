/**
 * ONNX reader: models, and the tensors of test sets.
 *
 * Spec:    github.com/onnx/onnx, docs/IR.md and onnx/onnx.proto.
 * Reads:   initializers and Constant nodes of the graph and of the bodies of If, Loop and Scan; what operators that
 *          only arrange make of them, where layers read it; external data; nodes RNN, GRU, LSTM and the layers around.
 *          TensorProto and SequenceProto files.
 *          Nodes of the model's own functions stand where they are called.
 * Skips:   strings, types of less than 8 bits, sparse tensors, training, functions of large models: a note each.
 * Refuses: shapes and values that do not fit together: FormatError. Nothing of a graph is computed but views and casts.
 */
import { isUnrollError } from "../../core/errors";
import type { ReadBox } from "../../tensor/boxSource";
import type { TensorEntry } from "../../tensor/tensor";
import { text } from "../../core/text";
import { nameFromFile, tensorsOf, type Archive } from "../base/archive";
import { MemorySource, type ByteSource } from "../base/bytes";
import type { DeclaredModule } from "../base/declared";
import { maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { computedGraph } from "./computedGraph";
import { declaredModules } from "./declared";
import { withoutFunctions } from "./exposed/functions";
import { FIELD } from "./exposed/pieces";
import { Message } from "./exposed/wire";
import { GraphReader } from "./protobuf/graph";
import { OnnxModel } from "./graph/model";
import { readTensorProto, type OnnxTensor, type UnreadTensor } from "./protobuf/tensor";
import { OnnxValues } from "./protobuf/values";
import { ProtobufFile } from "./protobuf/protobuf";
import type { Siblings } from "../base/siblings";

/** A model with functions is held in memory: most of the larger ones have their values in files beside them. */
const maxHeldBytes = 2 ** 28;

/** Files beside the model that are looked for when it is opened; the others when their tensors are read. */
const maxCheckedFiles = 16;

/**
 * Reads a model; `siblings` have its external data.
 * @throws FormatError when it is damaged, LimitError when its graph passes a bound.
 */
export async function readOnnx(given: ByteSource, siblings?: Siblings): Promise<Archive> {
  const notes = new NoteList();
  const source = await withoutCalls(given);
  const graph = await new GraphReader(new ProtobufFile(source), notes).model();
  const values = new OnnxValues(source, siblings);
  const model = new OnnxModel(source.name, values, notes);
  await model.walk(graph);
  await noteMissingFiles(model, values, notes);
  const declared = await declaredModules(model, notes);
  const readers = new Map(model.entries.map((entry) => [entry, model.constantOf(entry)?.readBox]));
  const computed = computedGraph(source, graph, { locations: [...model.external.keys()], values });
  return { ...archiveOf(source, { readers, notes, declared }), graph: computed };
}

/** The model with the nodes of its functions where they are called; a large one stays as it is, and its functions are named. */
async function withoutCalls(source: ByteSource): Promise<ByteSource> {
  if (source.size > maxHeldBytes) return source;
  const file = new ProtobufFile(source);
  const found = { functions: 0 };
  await file.message(file.whole, ({ number }) => {
    if (number === FIELD.model.functions) found.functions += 1;
    return undefined;
  });
  if (found.functions === 0) return source;
  const bytes = await source.read(0, source.size);
  return new MemorySource(
    source.name,
    withoutFunctions(source.name, new Message(source.name, bytes)),
  );
}

/**
 * Reads a TensorProto on its own, such as `input_0.pb` of ONNX' test sets.
 * @throws FormatError when it is damaged.
 */
export async function readTensorFile(source: ByteSource, siblings?: Siblings): Promise<Archive> {
  const file = new ProtobufFile(source);
  const tensor = await readTensorProto(file, file.whole);
  return tensorsArchive(source, siblings, [
    { ...tensor, name: tensor.name === "" ? nameFromFile(source.name) : tensor.name },
  ]);
}

/**
 * Reads a SequenceProto of tensors; OptionalProto is written alike.
 * @throws FormatError when it is damaged, LimitError when it holds too many.
 */
export async function readSequenceFile(source: ByteSource, siblings?: Siblings): Promise<Archive> {
  const file = new ProtobufFile(source);
  const tensors: (OnnxTensor | UnreadTensor)[] = [];
  const other = new NoteList();
  await file.message(file.whole, async (field) => {
    if (field.number === 3 && tensors.length < maxEntries) {
      const tensor = await readTensorProto(file, field);
      tensors.push({ ...tensor, name: `${nameFromFile(source.name)}[${tensors.length}]` });
    } else if (field.number > 3) other.add(text("an element that is no tensor is not read"));
  });
  return tensorsArchive(source, siblings, tensors, other);
}

function tensorsArchive(
  source: ByteSource,
  siblings: Siblings | undefined,
  tensors: readonly (OnnxTensor | UnreadTensor)[],
  notes = new NoteList(),
): Archive {
  const values = new OnnxValues(source, siblings);
  const readers: Readers = new Map();
  for (const tensor of tensors) {
    if ("unread" in tensor) {
      notes.add(tensor.unread);
      continue;
    }
    const { name, dtype, shape, byteLength } = tensor;
    const entry = { name, dtype, shape, byteLength };
    readers.set(entry, (box) => values.readBox(tensor, box));
  }
  return archiveOf(source, { readers, notes, declared: [] });
}

type Readers = Map<TensorEntry, ReadBox | undefined>;

function archiveOf(
  source: ByteSource,
  parts: {
    readonly readers: Readers;
    readonly notes: NoteList;
    readonly declared: readonly DeclaredModule[];
  },
): Archive {
  const { readers, notes, declared } = parts;
  return {
    format: "onnx",
    notes: notes.list(),
    declared,
    ...tensorsOf(source.name, readers, (read, box) => read(box)),
  };
}

/** Says which files with external data are not there; their tensors are listed all the same. */
async function noteMissingFiles(
  model: OnnxModel,
  values: OnnxValues,
  notes: NoteList,
): Promise<void> {
  for (const [location, count] of [...model.external].slice(0, maxCheckedFiles)) {
    try {
      await values.openExternal(location);
    } catch (error) {
      if (!isUnrollError(error)) throw error;
      notes.add(text("the values of {0} tensors cannot be read: {1}", count, error.text));
    }
  }
}
