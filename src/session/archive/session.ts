/**
 * An archive that is open in a tensor editor: it answers questions about its tree and its tensors.
 */
import { readCells } from "../../statistics/tiles/cells";
import { readSpectrum } from "../../statistics/spectrum/spectrum";
import { readStatistics } from "../../statistics/statistics";
import { prepareTiles, readTile, TileCache } from "../../statistics/tiles/tiles";
import { noControl, type RunControl } from "../../core/control";
import { NotFoundError } from "../../core/errors";
import {
  exportTensors,
  type ByteSink,
  type TensorExportFormat,
} from "../../formats/write/exportTensors";
import type { Archive } from "../../formats/base/archive";
import type { ArchiveFormat } from "../../formats/base/names";
import { withMappedModule, type GivenMap } from "../../model/assign/mapped";
import type { InitialStates } from "../../model/export/states";
import { lookAlike, type Resemblance } from "../../model/find/lookAlike";
import { withModules, type ModuleArchive } from "../../model/derive/derive";
import type {
  ArchiveSummary,
  Cells,
  CellsRequest,
  ExportRequest,
  ModuleExportRequest,
  ModuleRequest,
  Spectrum,
  Slice,
  StatisticsRequest,
  TargetChoice,
  TensorInfo,
  TensorStatistics,
  Tile,
  TileRequest,
  TreePage,
  TreeRequest,
} from "../../protocol/archive/messages";
import { Assigner } from "./assign";
import { assertHeld, maxDeclaredBytes } from "./declaredSize";
import { prepareModule, targetsOf, type PreparedModule } from "./exportModule";
import { modulesOf, type ArchiveModule } from "./modules";
import { declaredRoles, noRole, roleIn, type EntryRole } from "./roles";
import { Tree } from "./tree";
import { byteWidth } from "../../tensor/dtype";
import { slicedSource } from "../../tensor/slicedSource";
import type { TensorSource } from "../../tensor/source";
import { elementCount, type TensorEntry } from "../../tensor/tensor";
import { text, type Text } from "../../core/text";

/** Properties of the file besides its contents. */
export interface ArchiveFile {
  /** Base name. */
  readonly file: string;
  readonly fileBytes: number;
  readonly revision: number;
}

interface Prepared {
  readonly tensor: string;
  readonly statistics: Promise<TensorStatistics>;
}

/** Format, target and control of an export. */
interface ExportTarget {
  readonly format: TensorExportFormat;
  readonly sink: ByteSink;
  readonly control: RunControl;
}

/** Formats whose writers sort names, so that the order in the file has no meaning. */
const sortedFormats: ReadonlySet<ArchiveFormat> = new Set(["safetensors", "hdf5", "keras"]);

export class ArchiveSession {
  readonly summary: ArchiveSummary;
  /** Answers about tensors that are assigned to a module by hand. */
  readonly assign: Assigner;
  readonly #archive: ModuleArchive;
  readonly #tree: Tree;
  readonly #entries: ReadonlyMap<string, TensorEntry>;
  readonly #moduleOf = new Map<TensorEntry, ArchiveModule>();
  readonly #declaredRoles: ReadonlyMap<string, EntryRole>;
  readonly #tiles = new TileCache();
  /** Statistics of a sample that were begun before they were asked for. */
  #prepared: Prepared | undefined;

  /** `given`: a map whose module stands first. @throws UnsupportedError where it does not fit. */
  constructor(opened: Archive, file: ArchiveFile, given: GivenMap | null = null) {
    const found = withModules(file.file, opened);
    const archive = given === null ? found : withMappedModule(file.file, found, given);
    const { entries, format, notes, declared } = archive;
    const modules = modulesOf(archive);
    this.#archive = archive;
    this.assign = new Assigner(archive, file.file);
    this.#entries = firstByName(entries);
    for (const module of modules) {
      for (const entry of module.entries) this.#moduleOf.set(entry, module);
    }
    this.#declaredRoles = declaredRoles(declared, this.#entries);
    this.#tree = new Tree(
      modules.map((module) => ({ prefix: module.summary.prefix, entries: module.entries })),
      entries,
      sortedFormats.has(format) ? "name" : "file",
    );
    const first = modules[0]?.entries[0] ?? entries[0];
    this.summary = {
      ...file,
      format,
      notes,
      entryCount: opened.entries.length,
      parameters: entries.reduce((sum, entry) => sum + parametersOf(entry), 0),
      modules: modules.map(({ summary }) => summary),
      lookAlike: lookOf(opened, archive),
      first: first === undefined ? null : this.info(first.name),
    };
  }

  tree(request: TreeRequest): TreePage {
    return this.#tree.page(request);
  }

  /** @throws NotFoundError when there is no such tensor; so do all that follow. */
  info(name: string): TensorInfo {
    const entry = this.#entryOf(name);
    const { dtype, shape, byteLength, origin = null } = entry;
    const { axes, layouts, hasSpectrum } = this.#roleOf(entry);
    return {
      name,
      dtype,
      shape,
      bytes: byteLength,
      parameters: elementCount(shape),
      origin,
      axes,
      layouts,
      hasSpectrum,
    };
  }

  /**
   * Begins what a first picture of a slice takes, where that is much; who asks for it later does not begin again.
   * @throws what reading throws.
   */
  async prepare(tensor: string, slice: Slice): Promise<void> {
    const sample = { tensor, slice: null, effort: "sample" } as const;
    this.#prepared = { tensor, statistics: this.#measure(sample, noControl) };
    await Promise.all([
      prepareTiles(this.source(tensor), slice, this.#tiles),
      this.#prepared.statistics,
    ]);
  }

  tile({ tensor, ...window }: TileRequest, control: RunControl): Promise<Tile> {
    const asked = this.#isHeld(tensor) ? window : { ...window, effort: "sample" as const };
    return readTile(this.source(tensor), asked, this.#tiles, control);
  }

  cells({ tensor, ...window }: CellsRequest): Promise<Cells> {
    return readCells(this.source(tensor), window);
  }

  /** Statistics; of tensors that the file only declares always a sample. */
  statistics(request: StatisticsRequest, control: RunControl): Promise<TensorStatistics> {
    const { tensor, slice, effort } = request;
    const prepared = this.#prepared;
    if (tensor !== prepared?.tensor || slice !== null || effort !== "sample") {
      return this.#measure(request, control);
    }
    // Whoever gets them may hand their arrays over to another thread.
    this.#prepared = undefined;
    return prepared.statistics;
  }

  #measure(
    { tensor, ...options }: StatisticsRequest,
    control: RunControl,
  ): Promise<TensorStatistics> {
    const { hints } = this.#roleOf(this.#entryOf(tensor));
    const asked = this.#isHeld(tensor) ? options : { ...options, effort: "sample" as const };
    return readStatistics(this.source(tensor), asked, hints, control);
  }

  spectrum(tensor: string, control: RunControl): Promise<Spectrum> {
    const { hints } = this.#roleOf(this.#entryOf(tensor));
    return readSpectrum(this.source(tensor), hints.blocks, control);
  }

  /**
   * Writes tensors in another format. Returns one sentence for each change of stored values.
   * @throws LimitError when the file only declares what is to be written; what `exportTensors` throws.
   */
  async export(request: ExportRequest, sink: ByteSink, control: RunControl): Promise<Text[]> {
    const { tensors, slice, format } = request;
    const sources = tensors.map((name) => {
      const source = this.source(name);
      return slice === null ? source : slicedSource(source, slice);
    });
    return this.exportSources(sources, { format, sink, control });
  }

  /** The same of sources that this session gave, or of parts of them. */
  async exportSources(
    sources: readonly TensorSource[],
    { format, sink, control }: ExportTarget,
  ): Promise<Text[]> {
    const sizes = sources.map(({ shape, dtype }) => elementCount(shape) * byteWidth(dtype));
    assertHeld(
      this.summary,
      sizes.reduce((sum, bytes) => sum + bytes, 0),
    );
    return exportTensors(sources, format, sink, control);
  }

  /** The frameworks that a module can be exported to, and what keeps it from others. */
  exportTargets(request: ModuleRequest): readonly TargetChoice[] {
    return targetsOf(this.#archive, this.summary, request);
  }

  /** A module as another framework has it, ready to be written: what cannot be expressed is said here. */
  prepareModule(request: ModuleExportRequest, states?: InitialStates): Promise<PreparedModule> {
    return prepareModule(this.#archive, this.summary, request, states);
  }

  /** A tensor whose parts can be read. */
  source(name: string): TensorSource {
    const entry = this.#entryOf(name);
    const { dtype, shape } = entry;
    return { name, dtype, shape, readBox: (box) => this.#archive.readBox(entry, box) };
  }

  /** False of a tensor that the file declares and does not hold: looking at all of it would have no end. */
  #isHeld(name: string): boolean {
    return this.#entryOf(name).byteLength <= maxDeclaredBytes(this.summary);
  }

  #roleOf(entry: TensorEntry): EntryRole {
    const module = this.#moduleOf.get(entry);
    if (module !== undefined) return roleIn(module, entry);
    return this.#declaredRoles.get(entry.name) ?? noRole;
  }

  #entryOf(name: string): TensorEntry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const missing = text("there is no tensor named {0}", name);
    throw new NotFoundError(this.summary.file, missing, [...this.#entries.keys()], {
      data: { file: this.summary.file, tensor: name },
    });
  }
}

/** Of several entries with one name it is the first. */
function firstByName(entries: readonly TensorEntry[]): ReadonlyMap<string, TensorEntry> {
  const known = new Map<string, TensorEntry>();
  for (const entry of entries) if (!known.has(entry.name)) known.set(entry.name, entry);
  return known;
}

/** What the tensors look like; null where they form modules, or are no weights: recurrent ones are two matrices at least. */
function lookOf(
  { entries: own }: Archive,
  { entries, modules }: ModuleArchive,
): Resemblance | null {
  const matrices = own.filter(({ shape }) => shape.length === 2);
  return modules.length === 0 && matrices.length > 1 ? lookAlike(entries) : null;
}

/** True for derived entries, whose values other entries hold already. */
function parametersOf({ shape, origin }: TensorEntry): number {
  return origin === undefined ? elementCount(shape) : 0;
}
