/**
 * An archive that a tensor editor looks at: opened once, then asked for parts of its tree and of its tensors.
 */
import { NotFoundError } from "./errors";
import type { Archive, ArchiveFormat } from "./formats/archive";
import { withModules } from "./model/derive";
import type {
  ArchiveSummary,
  Cells,
  CellsRequest,
  StatisticsRequest,
  TensorInfo,
  TensorStatistics,
  Tile,
  TileRequest,
  TreePage,
  TreeRequest,
} from "./protocol/tensorMessages";
import { modulesOf, parameterOf, type ArchiveModule } from "./session/archive/modules";
import { Tree } from "./session/archive/tree";
import { readCells, readStatistics, readTile, type Readable } from "./session/archive/values";
import { elementCount, type TensorEntry } from "./tensor/tensor";
import { text } from "./text";

/** What is known of the file beside its contents. */
export interface ArchiveFile {
  /** Base name. */
  readonly file: string;
  readonly fileBytes: number;
  readonly revision: number;
}

/** Formats whose writers sort, so that the order of the file tells nothing. */
const sortedFormats: ReadonlySet<ArchiveFormat> = new Set(["safetensors", "hdf5", "keras"]);

export class ArchiveSession {
  readonly summary: ArchiveSummary;
  readonly #archive: Archive;
  readonly #tree: Tree;
  readonly #entries = new Map<string, TensorEntry>();
  readonly #moduleOf = new Map<TensorEntry, ArchiveModule>();

  constructor(opened: Archive, file: ArchiveFile) {
    const archive = withModules(file.file, opened);
    const { entries, format, notes } = archive;
    const modules = modulesOf(archive);
    this.#archive = archive;
    for (const entry of entries) {
      if (!this.#entries.has(entry.name)) this.#entries.set(entry.name, entry);
    }
    for (const module of modules) {
      for (const entry of module.entries) this.#moduleOf.set(entry, module);
    }
    this.#tree = new Tree(
      modules.map((module) => ({ prefix: module.summary.prefix, entries: module.entries })),
      entries,
      sortedFormats.has(format) ? "name" : "file",
    );
    this.summary = {
      ...file,
      format,
      notes,
      entryCount: opened.entries.length,
      parameters: entries.reduce((sum, entry) => sum + parametersOf(entry), 0),
      modules: modules.map(({ summary }) => summary),
      first: (modules[0]?.entries[0] ?? entries[0])?.name ?? null,
    };
  }

  tree(request: TreeRequest): TreePage {
    return this.#tree.page(request);
  }

  /** @throws NotFoundError when there is no such tensor. */
  info(name: string): TensorInfo {
    const entry = this.#entryOf(name);
    const { dtype, shape, byteLength, origin = null } = entry;
    const module = this.#moduleOf.get(entry);
    const parameter = module === undefined ? undefined : parameterOf(module, entry);
    const axes = parameter?.axes.length === shape.length ? parameter.axes : [];
    return {
      ...{ name, dtype, shape, bytes: byteLength, parameters: elementCount(shape), origin, axes },
      layouts: [],
      hasSpectrum: false,
    };
  }

  tile(request: TileRequest): Promise<Tile> {
    return readTile(this.#tensor(request.tensor), request);
  }

  cells(request: CellsRequest): Promise<Cells> {
    return readCells(this.#tensor(request.tensor), request);
  }

  statistics(request: StatisticsRequest): Promise<TensorStatistics> {
    return readStatistics(this.#tensor(request.tensor), request);
  }

  #tensor(name: string): Readable {
    const entry = this.#entryOf(name);
    return {
      name: `${this.summary.file}: ${name}`,
      shape: entry.shape,
      readBox: (box) => this.#archive.readBox(entry, box),
    };
  }

  #entryOf(name: string): TensorEntry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    throw new NotFoundError(this.summary.file, text("there is no tensor named {0}", name));
  }
}

/** A derived entry holds what others hold already. */
function parametersOf({ shape, origin }: TensorEntry): number {
  return origin === undefined ? elementCount(shape) : 0;
}
