/**
 * Writes tensors of any size to a file of another format, part by part, in little memory.
 */
import { UnsupportedError } from "../../core/errors";
import { controlOfPart, type RunControl } from "../../core/control";
import {
  encodedValues,
  npyDtype,
  npyHeader,
  safetensorsDtype,
  safetensorsHeader,
  safetensorsOrder,
} from "./encode";
import { escapeJson } from "../../core/escapeJson";
import { CsvLines, jsonItems } from "./encodeText";
import { memberNames, renamings } from "./memberName";
import { ZipWriter } from "../zip/writer";
import { byteWidth, type DType } from "../../tensor/dtype";
import { wholeBox, type RawValues } from "../../tensor/raw";
import { readSlabs, type TensorSource } from "../../tensor/source";
import { elementCount } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";

export type TensorExportFormat = "npy" | "npz" | "csv" | "json" | "safetensors";

/** Takes bytes one after another; the next come when it is done with them. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** Text is some ten times as large as the values. */
const maxTextBytes = 2 ** 18;

/**
 * Writes tensors, whole; of a slice, give a `slicedSource`. .npy and .csv hold one. Values keep their dtype, bit for bit in
 * .npy, .npz and .safetensors, to the digit in .csv and .json. Gives what was written otherwise, a sentence each.
 * @throws UnsupportedError when the format does not hold a dtype, or more than one tensor; CancelledError when `control`
 * says so; what reading and the sink throw.
 */
export async function exportTensors(
  sources: readonly TensorSource[],
  format: TensorExportFormat,
  sink: ByteSink,
  control: RunControl,
): Promise<Text[]> {
  const output = new Output(sources, sink, control);
  switch (format) {
    case "npy":
      await output.npy(single(sources, format));
      break;
    case "csv":
      await output.csv(single(sources, format));
      break;
    case "npz":
      await output.npz();
      break;
    case "json":
      await output.json();
      break;
    case "safetensors":
      await output.safetensors();
  }
  return exportChanges(sources, format);
}

/** What a format holds otherwise than it is stored, a sentence each; nothing is read. */
export function exportChanges(
  sources: readonly TensorSource[],
  format: TensorExportFormat,
): Text[] {
  switch (format) {
    case "npy":
      return widenings(sources, ({ dtype }) => npyDtype(dtype));
    case "npz": {
      const names = sources.map(({ name }) => name);
      return [
        ...renamings(names, memberNames(names, "npy"), "npy"),
        ...widenings(sources, ({ dtype }) => npyDtype(dtype)),
      ];
    }
    case "safetensors":
      return widenings(sources, ({ name, dtype }) => safetensorsDtype(name, dtype));
    case "csv":
    case "json":
      return [];
  }
}

function single([first, second]: readonly TensorSource[], format: string): TensorSource {
  if (first !== undefined && second === undefined) return first;
  throw new UnsupportedError(`.${format}`, text("a file of this format holds one tensor"), {
    remedies: [{ do: "export-as", formats: [".npz", ".safetensors"] }],
  });
}

class Output {
  readonly #sources: readonly TensorSource[];
  readonly #sink: ByteSink;
  readonly #control: RunControl;
  readonly #total: number;
  #done = 0;

  constructor(sources: readonly TensorSource[], sink: ByteSink, control: RunControl) {
    this.#sources = sources;
    this.#sink = sink;
    this.#control = controlOfPart(control, 0, 1);
    this.#total = sources.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  }

  async npy(source: TensorSource): Promise<void> {
    for await (const bytes of this.#npyBytes(source)) await this.#sink(bytes);
  }

  async npz(): Promise<void> {
    const writer = new ZipWriter(this.#sink);
    const names = this.#sources.map(({ name }) => name);
    const members = memberNames(names, "npy");
    for (const [index, source] of this.#sources.entries()) {
      await writer.add(members[index] ?? "", npyLength(source), this.#npyBytes(source));
    }
    await writer.close();
  }

  async safetensors(): Promise<void> {
    const heads = this.#sources.map((source) => ({
      ...source,
      dtype: safetensorsDtype(source.name, source.dtype),
      source,
    }));
    const ordered = safetensorsOrder(heads);
    await this.#sink(safetensorsHeader(ordered));
    for (const { source, dtype } of ordered) {
      for await (const raw of this.#slabs(source)) await this.#sink(encodedValues(raw, dtype));
    }
  }

  async csv(source: TensorSource): Promise<void> {
    const lines = new CsvLines(source.shape);
    await this.#write(lines.head);
    for await (const raw of this.#slabs(source, maxTextBytes)) await this.#write(lines.add(raw));
  }

  async json(): Promise<void> {
    await this.#write("{");
    for (const [index, source] of this.#sources.entries()) {
      const { name, shape, dtype } = source;
      const separator = index === 0 ? "" : ",\n ";
      await this.#write(
        `${separator}${escapeJson(JSON.stringify(name))}: {"shape": [${shape.join(", ")}], "dtype": "${dtype}", "data": [`,
      );
      let isFirst = true;
      for await (const raw of this.#slabs(source, maxTextBytes)) {
        await this.#write((isFirst ? "" : ", ") + jsonItems(raw).join(", "));
        isFirst = false;
      }
      await this.#write("]}");
    }
    await this.#write("}\n");
  }

  async *#npyBytes(source: TensorSource): AsyncGenerator<Uint8Array, void> {
    const dtype = npyDtype(source.dtype);
    yield npyHeader(dtype, source.shape);
    for await (const raw of this.#slabs(source)) yield encodedValues(raw, dtype);
  }

  /** All values in reading order. */
  async *#slabs(source: TensorSource, maxBytes?: number): AsyncGenerator<RawValues, void> {
    for await (const { slab, raw } of readSlabs(source, wholeBox(source.shape), maxBytes)) {
      this.#control.check();
      yield raw;
      this.#done += elementCount(slab.size);
      this.#control.report(this.#done / this.#total, text("Exporting {0}", source.name));
    }
  }

  async #write(characters: string): Promise<void> {
    if (characters !== "") await this.#sink(new TextEncoder().encode(characters));
  }
}

function npyLength({ dtype, shape }: TensorSource): number {
  const stored = npyDtype(dtype);
  return npyHeader(stored, shape).length + elementCount(shape) * byteWidth(stored);
}

/** Dtypes that the format does not have. */
function widenings(
  sources: readonly TensorSource[],
  storedAs: (source: TensorSource) => DType,
): Text[] {
  return sources
    .map((source) => ({ ...source, stored: storedAs(source) }))
    .filter(({ dtype, stored }) => stored !== dtype)
    .map(({ name, dtype, stored }) =>
      text("{0} is written as {2}, exactly: the format has no {1}", name, dtype, stored),
    );
}
