/**
 * The store of the tensor editor: the only place that changes its state and requests data from the host.
 */
import { bytesOf, Lru } from "../../../src/core/lru";
import { RemoteError } from "../../../src/protocol/rpc";
import type {
  ArchiveSummary,
  ShownArchive,
  Cells,
  CellsRequest,
  Slice,
  Spectrum,
  TensorEvents,
  TensorRequests,
  TensorInfo,
  TensorStatistics,
  Tile,
  TileRequest,
  TreePage,
} from "../../../src/protocol/archive/messages";
import type { Text } from "../../../src/core/text";
import { PageStore, type PageHost } from "../../shared/store/pageStore";
import { toggled } from "../../../src/drawing/tensors/treeMotion";
import {
  elementIndex,
  extentOf,
  fitSlice,
  locate,
  type Cell,
  type Extent,
} from "../../../src/drawing/tensors/slices";
import { clampCell } from "../../../src/drawing/tensors/viewport";
import { Assigning, savedAssignment } from "./assigning";
import { firstState, type TensorState } from "./tensorState";
import type {
  ChoicesPage,
  ChoicesRequest,
  MapGuesses,
} from "../../../src/protocol/archive/assignMessages";
import {
  readSavedTensorState,
  toSavedTensorState,
  type ColourChoice,
  type SavedTensorState,
  type Scope,
} from "./savedState";

/** Bytes of the counts that are kept. */
const EXACT_BYTES = 8 * 1024 * 1024;

/** Rows of the tree that are asked for at once. */
export const TREE_PAGE = 64;

/**
 * Holds the archive and the tensor on screen, their display, and the host's answers about them, which are dropped when
 * the file is read again. Owned by the page, and ends with it.
 */
export class TensorStore extends PageStore<
  TensorState,
  SavedTensorState,
  TensorRequests,
  TensorEvents
> {
  readonly assign = new Assigning(this);
  /** Statistics of all elements, by what they are of. */
  readonly #exact = new Lru<string, TensorStatistics>(EXACT_BYTES, bytesOf);
  /** Counts what was chosen, so that a late answer does not replace a later choice. */
  #loads = 0;

  constructor(host: PageHost<SavedTensorState>) {
    const saved = readSavedTensorState(host.getState());
    super(host, saved, firstState(saved));
    this.client.on("archive/changed", ({ archive }) => void this.#show(archive));
    this.client.on("work/progress", (progress) => {
      this.update({ progress: progress.fraction >= 1 ? null : progress });
    });
    this.client.on("archive/problem", ({ problem }) => {
      this.fail(problem);
    });
    this.client.on("assign/open", ({ tensors }) => {
      // A file that is still being read is told about once more when it has been.
      if (this.state.summary !== null) void this.assign.open(tensors);
    });
  }

  /** Rows and columns of the slice on screen; one cell where there is none. */
  get extent(): Extent {
    const { info, slice } = this.state;
    return info === null || slice === null ? { rows: 1, columns: 1 } : extentOf(info.shape, slice);
  }

  /** Fetches the archive as the host holds it now; what was looked at stays chosen. */
  async refresh(): Promise<void> {
    try {
      await this.#show(await this.client.request("archive/describe", null));
    } catch (error) {
      this.report(error);
    }
  }

  async #show(summary: ShownArchive | null): Promise<void> {
    const shown = this.state.summary?.revision ?? -1;
    if (summary === null || summary.revision < shown) return;
    const told = { summary, ready: true, progress: null, problem: null };
    if (summary.revision === shown) {
      if (!this.isOnScreen(this.state.summary, summary)) this.update(told);
      return;
    }
    this.cache.clear();
    this.#exact.clear();
    this.update({ ...told, open: this.state.open ?? openAtFirst(summary) });
    try {
      await Promise.all([this.#chooseAgain(summary), this.assign.refresh()]);
    } catch (error) {
      this.report(error);
    }
  }

  /** Has the host read the file once more, e.g. after its reader has ended; the host's events tell what becomes of it. */
  async readAgain(): Promise<void> {
    this.update({ problem: null, ready: this.state.summary !== null });
    try {
      await this.client.request("archive/again", null);
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows a tensor; slice, zoom and cursor stay where they fit. */
  async choose(tensor: string): Promise<void> {
    this.update({ tensor });
    try {
      await this.#load(tensor);
    } catch (error) {
      this.report(error);
    }
  }

  /** Shows another slice. The zoom stays unless the axes change; then the cursor stays on its element. */
  show(slice: Slice): void {
    const { info, slice: before, cursor } = this.state;
    if (info === null || before === null) return;
    const sameAxes = before.rowAxis === slice.rowAxis && before.columnAxis === slice.columnAxis;
    if (sameAxes) this.update({ slice, cursor: clampCell(extentOf(info.shape, slice), cursor) });
    else {
      const found = locate(info.shape, slice, elementIndex(before, cursor));
      this.update({ slice: found.slice, cursor: found.cell, zoom: null });
    }
  }

  /** Moves the cursor to the nearest cell that exists. */
  moveTo(cell: Cell): void {
    this.update({ cursor: clampCell(this.extent, cell) });
  }

  recolour(change: Partial<ColourChoice>): void {
    this.update({ colours: { ...this.state.colours, ...change } });
  }

  /** Opens or closes a group of the tree. */
  toggle(path: string): void {
    this.update({ open: toggled(this.state.open ?? [], path) });
  }

  treePage(page: number): TreePage | undefined {
    const { query, open, summary } = this.state;
    if (summary === null) return undefined;
    const request = { query, open: open ?? [], start: page * TREE_PAGE, count: TREE_PAGE };
    return this.ask("archive/tree", request);
  }

  tile(request: TileRequest): Tile | undefined {
    return this.ask("tensor/tile", request);
  }

  cells(request: CellsRequest): Cells | undefined {
    return this.ask("tensor/cells", request);
  }

  /** The spectrum, or why there is none; undefined while it is computed. */
  spectrum(tensor: string): Spectrum | { readonly problem: Text } | undefined {
    return this.cache.get(`tensor/spectrum ${tensor}`, async () => {
      try {
        return await this.client.request("tensor/spectrum", { tensor });
      } catch (error) {
        if (error instanceof RemoteError && error.tag !== "bug") return { problem: error.text };
        throw error;
      }
    });
  }

  /** Statistics as they are known: of all elements where these were counted, else of a sample. */
  statistics(scope: Scope = "tensor"): TensorStatistics | undefined {
    const asked = this.#statisticsOf(scope);
    if (asked === null) return undefined;
    const known = this.#exact.get(JSON.stringify(asked));
    return known ?? this.ask("tensor/statistics", { ...asked, effort: "sample" });
  }

  /** Counts all elements; its progress is shown, and it can be cancelled. */
  async countAll(scope: Scope): Promise<void> {
    const asked = this.#statisticsOf(scope);
    if (asked === null || this.state.isCounting) return;
    const revision = this.state.summary?.revision;
    this.update({ isCounting: true });
    try {
      const counted = await this.client.request("tensor/statistics", { ...asked, effort: "exact" });
      if (revision === this.state.summary?.revision)
        this.#exact.set(JSON.stringify(asked), counted);
    } catch (error) {
      this.report(error);
    } finally {
      this.update({ isCounting: false, progress: null });
    }
  }

  /** Maps that fit a file in which nothing was recognised; undefined while they are looked for, and of other files. */
  recalled(): MapGuesses | undefined {
    return this.state.summary?.lookAlike == null
      ? undefined
      : this.ask("assign/guesses", { tensors: [] });
  }

  /** What can stand in a slot of a map. */
  choices(request: ChoicesRequest): ChoicesPage | undefined {
    return this.ask("assign/choices", request);
  }

  /** Copies a text and says so. */
  async copy(copied: string, message: string): Promise<void> {
    try {
      await this.client.request("text/copy", { text: copied });
      this.update({ message });
    } catch (error) {
      this.report(error);
    }
  }

  #statisticsOf(scope: Scope): { tensor: string; slice: Slice | null } | null {
    const { info, slice } = this.state;
    if (info === null) return null;
    // What stands at the laid out axes does not matter, and must not ask the same again.
    const index = slice?.index.map((held, axis) =>
      axis === slice.rowAxis || axis === slice.columnAxis ? 0 : held,
    );
    const isSlice = scope === "slice" || info.dtype.startsWith("complex");
    return {
      tensor: info.name,
      slice: isSlice && slice !== null ? { ...slice, index: index ?? [] } : null,
    };
  }

  /** The tensor that was shown, or the one that the archive is opened at. */
  async #chooseAgain({ first }: ArchiveSummary): Promise<void> {
    const wanted = this.state.tensor ?? first?.name ?? null;
    if (wanted === null || first === null) {
      this.update({ tensor: null, info: null });
    } else if (wanted === first.name) {
      this.#put(first);
    } else {
      try {
        await this.#load(wanted);
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        // The file no longer has it.
        this.#put(first);
      }
    }
  }

  async #load(tensor: string): Promise<void> {
    const load = ++this.#loads;
    const info = await this.client.request("tensor/info", { tensor });
    // Another tensor was chosen, or the file was read again, while this was under way.
    if (load === this.#loads) this.#put(info);
  }

  /** Puts a tensor on screen. */
  #put(info: TensorInfo): void {
    this.#loads++;
    const slice = fitSlice(info.shape, this.state.slice);
    const cursor = clampCell(extentOf(info.shape, slice), this.state.cursor);
    this.update({ tensor: info.name, info, slice, cursor });
  }

  protected override toSave(): SavedTensorState {
    const { version, assignment } = this.saved;
    return toSavedTensorState({
      ...this.state,
      version,
      assignment: savedAssignment(this.state.assign, assignment),
    });
  }
}

/** Modules are open at first, unless they are many. */
function openAtFirst({ modules }: ArchiveSummary): string[] {
  return modules.slice(0, 3).map(({ prefix }) => `module:${prefix}`);
}
