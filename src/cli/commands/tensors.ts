/**
 * `unroll stats` and `unroll export`: the statistics and exports of the tensor editor.
 */
import { extname, resolve } from "node:path";
import { ArchiveSession } from "../../session/archive/session";
import { noControl, type RunControl } from "../../core/control";
import { NotFoundError, UnsupportedError } from "../../core/errors";
import type { Archive } from "../../formats/base/archive";
import type { TensorExportFormat } from "../../formats/write/exportTensors";
import { FileSet } from "../../node/files";
import { writeWhole } from "../../node/writeWhole";
import { readMap } from "../../run/load/readMap";
import { parseTensorRef } from "../../run/spec/spec";
import { baseName } from "../../core/baseName";
import type { TensorSource } from "../../tensor/source";
import { renderText, text } from "../../core/text";
import { assertNotInput } from "./outFile";
import { croppedSource } from "../flags/slices";
import type { Command } from "../flags/arguments";
import type { Terminal } from "./commands";
import { toJson } from "../print/json";
import {
  exportJson,
  formatExport,
  formatStatistics,
  statisticsJson,
  type MeasuredTensor,
} from "../print/tensorReport";

type CommandOf<Name extends Command["name"]> = Extract<Command, { name: Name }>;

/** Measures one tensor of a file, or all of them. */
export async function stats({ tensor, json }: CommandOf<"stats">, terminal: Terminal): Promise<0> {
  const { control = noControl } = terminal;
  return withArchive(tensor, terminal, async (session, names) => {
    const measured: MeasuredTensor[] = [];
    for (const name of names) {
      measured.push(await measure(session, name, { isOnly: names.length === 1, control }));
    }
    const file = parseTensorRef(tensor).file;
    terminal.print(json ? toJson(statisticsJson(file, measured)) : formatStatistics(measured));
    return 0;
  });
}

async function measure(
  session: ArchiveSession,
  name: string,
  { isOnly, control }: { isOnly: boolean; control: RunControl },
): Promise<MeasuredTensor> {
  const info = session.info(name);
  const request = { tensor: name, slice: null, effort: "exact" } as const;
  const statistics = await session.statistics(request, control);
  const isFinite =
    statistics.nans + statistics.positiveInfinities + statistics.negativeInfinities === 0;
  const hasSpectrum = isOnly && info.hasSpectrum && isFinite;
  return { info, statistics, spectrum: hasSpectrum ? await session.spectrum(name, control) : null };
}

/** Writes one tensor of a file, or all of them, or a part, in the format of the name that they are written to. */
export async function exportFile(command: CommandOf<"export">, terminal: Terminal): Promise<0> {
  const { tensor, out, slice, json } = command;
  const format = exportFormat(out);
  const target = resolve(terminal.folder, out);
  await assertNotInput(target, [resolve(terminal.folder, parseTensorRef(tensor).file)]);
  return withArchive(tensor, terminal, async (session, names) => {
    const sources = names.map((name): TensorSource => {
      const source = session.source(name);
      return slice === null ? source : croppedSource(source, slice);
    });
    const control = terminal.control ?? noControl;
    const notes = await writeWhole(target, (sink) =>
      session.exportSources(sources, { format, sink, control }),
    );
    for (const note of notes) terminal.warn(`note: ${renderText(note)}`);
    terminal.print(json ? toJson(exportJson(out, sources, notes)) : formatExport(out, sources));
    return 0;
  });
}

/** The format that a file's extension asks for. @throws UnsupportedError for another extension. */
function exportFormat(out: string): TensorExportFormat {
  const extension = extname(out).slice(1).toLowerCase();
  const formats: readonly TensorExportFormat[] = ["npy", "npz", "csv", "json", "safetensors"];
  const format = formats.find((each) => each === extension);
  if (format !== undefined) return format;
  throw new UnsupportedError(
    "--out",
    text("expected a name that ends in .npy, .npz, .csv, .json or .safetensors, not {0}", out),
  );
}

/** Opens the file of `FILE#tensor`, and returns the names that are meant: that tensor, or all of them. */
async function withArchive(
  ref: string,
  terminal: Terminal,
  use: (session: ArchiveSession, names: readonly string[]) => Promise<0>,
): Promise<0> {
  const { file, tensor } = parseTensorRef(ref);
  return withSession(file, terminal, (session, archive) => {
    const isNamed = tensor !== undefined && tensor !== "";
    const names = isNamed ? [tensor] : archive.entries.map(({ name }) => name);
    if (names.length === 0) throw new NotFoundError(file, text("the file holds no tensors"));
    return use(session, names);
  });
}

/** Opens a file, with the module of a map where one is given, and closes it when `use` is done with it. */
export async function withSession(
  file: string,
  terminal: Terminal,
  use: (session: ArchiveSession, archive: Archive, files: FileSet) => Promise<0>,
  map: string | null = null,
): Promise<0> {
  const files = new FileSet();
  try {
    const archive = await files.open(resolve(terminal.folder, file));
    const known = { file: baseName(file), fileBytes: files.bytes, revision: 1 };
    const given = map === null ? null : await readMap(resolve(terminal.folder, map), files);
    return await use(new ArchiveSession(archive, known, given), archive, files);
  } finally {
    await files.close();
  }
}
