/**
 * Reader of torch.export archives (.pt2), in the layouts that PyTorch has written them.
 *
 * Source:  torch/export/pt2_archive/_package.py and torch/_export/serde/schema.py.
 * Layout:  {stem}/data/weights/model_weights_config.json, and a member of raw bytes for each storage that it names; before
 *          2.9 {stem}/data/weights/model.pt, before 2.8 serialized_state_dict.pt, both written by torch.save.
 * Reads:   parameters and buffers; of the graph (models/model.json) the arguments of recurrent operators alone.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import { byteWidth, type DType } from "../../tensor/dtype";
import { spannedElements } from "../../tensor/strided";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { tensorsOf, type Archive } from "../base/archive";
import type { ByteSource } from "../base/bytes";
import type { TorchModule } from "../base/declared";
import { maxAxes, maxEntries } from "../base/limits";
import { NoteList } from "../base/notes";
import { readStoredBox, type StoredTensor } from "../base/stored";
import type { ZipMember } from "../zip/member";
import type { ZipArchive } from "../zip/zip";
import { MemberRange } from "./pytorch";

/** A graph of ten thousand nodes takes some 20 MB. */
const maxJsonBytes = 2 ** 26;

const configEnd = "data/weights/model_weights_config.json";
const graphEnd = "models/model.json";

/** Whole files of torch.save in the layouts before. */
const savedEnd = /(?:^|\/)(?:data\/weights\/\w+\.pt|serialized_state_dict\.(?:pt|json))$/;

/** torch/_export/serde/schema.py, ScalarType. */
const scalarTypes: readonly (DType | null)[] = [
  ...([null, "uint8", "int8", "int16", "int32", "int64", "float16", "float32"] as const),
  ...(["float64", "complex32", "complex64", "complex128", "bool", "bfloat16"] as const),
];
const laterTypes: ReadonlyMap<number, DType> = new Map([
  [28, "uint16"],
  [29, "float8_e4m3fn"],
  [30, "float8_e5m2"],
  [31, "float8_e4m3fnuz"],
  [32, "float8_e5m2fnuz"],
]);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** True for the members of a torch.export archive. */
export function looksExported(members: readonly string[]): boolean {
  return members.some((name) => /^[^/]+\/archive_format$/.test(name) || savedEnd.test(name));
}

/**
 * Lists the parameters and buffers of an exported program; `openInner` opens a file of torch.save inside of it.
 * @throws FormatError when the archive contradicts itself, UnsupportedError when it holds no weights.
 */
export async function readExported(
  source: ByteSource,
  zip: ZipArchive,
  openInner: (source: ByteSource) => Promise<Archive>,
): Promise<Archive> {
  const { members } = zip;
  const config = members.find(({ name }) => name.endsWith(configEnd));
  const declared = await declaredBy(source.name, members);
  if (config !== undefined) {
    return { ...(await readConfig(source.name, config, members)), declared };
  }
  const saved = members.find(({ name }) => savedEnd.test(name));
  if (saved === undefined) {
    throw new UnsupportedError(
      { file: source.name },
      text("a torch.export archive without weights"),
      { remedies: [{ do: "save-state-dict" }] },
    );
  }
  const archive = await openInner(await saved.source());
  return { ...archive, declared: [...declared, ...archive.declared] };
}

async function readConfig(
  file: string,
  config: ZipMember,
  members: readonly ZipMember[],
): Promise<Archive> {
  const folder = config.name.slice(0, config.name.lastIndexOf("/") + 1);
  const byName = new Map(members.map((member) => [member.name, member]));
  const described = Object.entries(recordOf(at(await readJson(file, config), "config")));
  if (described.length > maxEntries) {
    throw new LimitError(file, { of: "tensor-count" }, maxEntries, described.length);
  }
  const notes = new NoteList();
  const tensors = new Map<TensorEntry, StoredTensor>();
  for (const [name, description] of described) {
    const member = byName.get(`${folder}${textOf(at(description, "path_name"))}`);
    const dtype = dtypeOf(at(description, "tensor_meta", "dtype"));
    if (dtype === null || at(description, "use_pickle") === true) {
      notes.add(text("{0} is stored in a way that is not read", name));
      continue;
    }
    if (member === undefined) {
      throw new FormatError(file, text("the data of {0} are missing", name), {
        data: { tensor: name },
      });
    }
    tensors.set(...placed(file, { name, dtype, meta: at(description, "tensor_meta"), member }));
  }
  return {
    format: "pytorch",
    notes: notes.list(),
    declared: [],
    ...tensorsOf(file, tensors, (stored, box, { name }) => readStoredBox(file, name, stored, box)),
  };
}

interface Described {
  readonly name: string;
  readonly dtype: DType;
  readonly meta: Json;
  readonly member: ZipMember;
}

/** @throws FormatError when the tensor does not lie within its member. */
function placed(
  file: string,
  { name, dtype, meta, member }: Described,
): readonly [TensorEntry, StoredTensor] {
  const shape = sizesOf(at(meta, "sizes"));
  const strides = sizesOf(at(meta, "strides"));
  const [offset] = sizesOf([at(meta, "storage_offset")]) ?? [];
  const width = byteWidth(dtype);
  const byteLength = elementCount(shape ?? []) * width;
  const isPossible =
    shape?.length === strides?.length && Number.isSafeInteger(byteLength) && offset !== undefined;
  if (shape === undefined || strides === undefined || !isPossible) {
    throw new FormatError(file, text("{0} has an impossible size, stride or offset", name), {
      data: { tensor: name },
    });
  }
  const needed = (offset + spannedElements(shape, strides)) * width;
  if (byteLength > 0 && !(needed <= member.size)) {
    throw new FormatError(
      file,
      text("{0} reaches byte {1} of its storage, which has {2}", name, needed, member.size),
      { data: { tensor: name, expected: needed, found: member.size } },
    );
  }
  const bytes = new MemberRange(member);
  const stored = { dtype, shape, strides, littleEndian: true, offset, bytes };
  return [{ name, dtype, shape, byteLength }, stored];
}

function dtypeOf(number: Json): DType | null {
  if (typeof number !== "number") return null;
  return scalarTypes[number] ?? laterTypes.get(number) ?? null;
}

/** Sizes as `{"as_int": 4}`; undefined for anything else. */
function sizesOf(values: Json): readonly number[] | undefined {
  if (!isList(values) || values.length > maxAxes) return undefined;
  const sizes = values.map((value) => at(value, "as_int"));
  return sizes.every((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0)
    ? (sizes as readonly number[])
    : undefined;
}

/** The recurrent operators of the graph as modules: their parameters tell the prefix, their arguments the options. */
async function declaredBy(file: string, members: readonly ZipMember[]): Promise<TorchModule[]> {
  const member = members.find(({ name }) => name.endsWith(graphEnd));
  if (member === undefined) return [];
  const graph = at(await readJson(file, member), "graph_module");
  const names = new Map<string, string>();
  for (const spec of listOf(at(graph, "signature", "input_specs"))) {
    const parameter = at(spec, "parameter", "parameter_name");
    const argument = at(spec, "parameter", "arg", "name");
    if (typeof parameter === "string" && typeof argument === "string") {
      names.set(argument, parameter);
    }
  }
  return listOf(at(graph, "graph", "nodes")).flatMap((node) => moduleOf(node, names) ?? []);
}

function moduleOf(node: Json, names: ReadonlyMap<string, string>): TorchModule | undefined {
  const target = at(node, "target");
  const [, operator] =
    /^torch\.ops\.aten\.(lstm|gru|rnn_tanh|rnn_relu)\.\w+$/.exec(textOf(target)) ?? [];
  if (operator === undefined) return undefined;
  const given = new Map(
    listOf(at(node, "inputs")).map((input) => [at(input, "name"), at(input, "arg")]),
  );
  const [first] = listOf(at(given.get("params") ?? null, "as_tensors"));
  const weight = names.get(textOf(at(first ?? null, "name")));
  if (weight?.endsWith("weight_ih_l0") !== true) return undefined;
  const attributes = new Map<string, string | number | boolean>();
  for (const name of ["batch_first", "bidirectional"]) {
    const value = at(given.get(name) ?? null, "as_bool");
    if (typeof value === "boolean") attributes.set(name, value);
  }
  if (operator.startsWith("rnn_")) attributes.set("mode", operator.toUpperCase());
  return {
    framework: "pytorch",
    prefix: weight.slice(0, -"weight_ih_l0".length),
    className: operator.replace(/_.*$/, "").toUpperCase(),
    attributes,
  };
}

async function readJson(file: string, member: ZipMember): Promise<Json> {
  if (member.size > maxJsonBytes) {
    const bound = { of: "member-bytes", member: member.name } as const;
    throw new LimitError(file, bound, maxJsonBytes, member.size);
  }
  try {
    return JSON.parse(new TextDecoder().decode(await member.read())) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(file, text("{0} is not JSON", member.name), { cause: error });
  }
}

/** The value at the end of a way of keys; null where there is none. */
function at(value: Json, ...way: readonly string[]): Json {
  let found: Json = value;
  for (const key of way) found = recordOf(found)[key] ?? null;
  return found;
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : "";
}

function recordOf(value: Json): Readonly<Record<string, Json>> {
  if (value === null || typeof value !== "object" || isList(value)) return {};
  return value;
}

function listOf(value: Json): readonly Json[] {
  return isList(value) ? value : [];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
