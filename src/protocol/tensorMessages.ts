/**
 * What the tensor editor's view may ask of the host about an open archive, and the shapes that travel.
 *
 * Everything is asked for by window, so that a file of any size opens alike. Arrays are exactly sized typed arrays;
 * numbers that may be NaN or infinite travel inside typed arrays.
 */
import type { ArchiveFormat } from "../formats/archive";
import type { DType } from "../tensor/dtype";
import type { Shape, TensorOrigin } from "../tensor/tensor";
import type { Text } from "../text";

export type { ArchiveFormat, DType, Shape, TensorOrigin };

/** Named rows of a weight: one gate's block, e.g. `W_ii` in rows 0…H. */
export interface GateBlock {
  readonly name: string;
  /** Half-open, along `axis` of the layout. */
  readonly start: number;
  readonly end: number;
}

/** How the gate blocks of a weight are named under one framework's stacking. */
export interface GateLayoutView {
  /** e.g. `PyTorch`, `ONNX`, `Keras`, `TensorFlow 1`, `Haiku`, `Core ML`. */
  readonly name: string;
  /** Axis along which the blocks are stacked. */
  readonly axis: number;
  readonly blocks: readonly GateBlock[];
}

/** A module as the tree shows it. */
export interface ModuleSummary {
  readonly prefix: string;
  /** e.g. `nn.LSTM(10, 20, num_layers=3, bidirectional=True)`. */
  readonly constructorLine: string;
  /** Constructor arguments that the file does not tell, e.g. `batch_first`, `dropout`. */
  readonly unknown: readonly string[];
  /** What the file says that PyTorch's module has not, a sentence each. */
  readonly departures: readonly Text[];
  readonly framework: "PyTorch" | "ONNX" | "Keras";
  /** Constructors of the layers around it, e.g. `nn.Embedding(50, 8)`; null where none fits. */
  readonly embedding: string | null;
  readonly linear: string | null;
  readonly parameters: number;
  /** Names of its entries, in PyTorch's order. */
  readonly entries: readonly string[];
}

/** An open archive without its entries, of which there may be a hundred thousand. */
export interface ArchiveSummary {
  /** Grows when the file was read again; answers for older revisions are thrown away. */
  readonly revision: number;
  /** Base name. */
  readonly file: string;
  readonly format: ArchiveFormat;
  readonly fileBytes: number;
  readonly entryCount: number;
  /** Elements of all entries that the file holds (derived ones are not counted twice). */
  readonly parameters: number;
  readonly modules: readonly ModuleSummary[];
  readonly notes: readonly Text[];
  /** The entry that is shown first: the only one, a module's first weight, or the first. null when there is none. */
  readonly first: string | null;
}

export interface TreeRequest {
  /** Words that a name must contain, any case; also a shape (`20x20`, `[20, 20]`) or a dtype. Empty for the tree. */
  readonly query: string;
  /** Paths of the groups that are open. */
  readonly open: readonly string[];
  readonly start: number;
  readonly count: number;
}

/** One line of the tree. */
export type TreeRow =
  | {
      readonly kind: "module";
      /** Path of the group: `module:` and the prefix. */
      readonly path: string;
      readonly depth: number;
      readonly module: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "group";
      readonly path: string;
      readonly label: string;
      readonly depth: number;
      readonly entries: number;
      readonly bytes: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "entry";
      readonly name: string;
      /** The end of the name below its group. */
      readonly label: string;
      readonly depth: number;
      readonly dtype: DType;
      readonly shape: Shape;
      readonly bytes: number;
      readonly origin: TensorOrigin | null;
    };

export interface TreePage {
  /** Rows of the whole tree as it is open, or of everything found. */
  readonly total: number;
  readonly rows: readonly TreeRow[];
}

/** Everything about one entry but its values. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly bytes: number;
  readonly parameters: number;
  readonly origin: TensorOrigin | null;
  /** Axes in the field's letters where the entry belongs to a module, else empty. */
  readonly axes: readonly string[];
  /** How its gate blocks are named; empty where it has none. The first is the layout it is read with. */
  readonly layouts: readonly GateLayoutView[];
  /** True for a square recurrent weight, whose spectrum can be asked for; blocks of `layouts[0]` have one each. */
  readonly hasSpectrum: boolean;
}

/** What of a complex number is drawn. Real numbers have `real` only. */
export type ComplexPart = "real" | "imaginary" | "magnitude" | "phase";

/** Two axes of a tensor laid out as rows and columns, the others held at an index. */
export interface Slice {
  /** null: one row (a vector or scalar). */
  readonly rowAxis: number | null;
  /** null: one column. */
  readonly columnAxis: number | null;
  /** One index an axis; what stands at the row and column axis is not looked at. */
  readonly index: readonly number[];
  readonly part: ComplexPart;
}

export interface TileRequest {
  readonly tensor: string;
  readonly slice: Slice;
  /** Half-open ranges of the slice. */
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
  /** Most rows and columns wanted; a larger window is aggregated into that many blocks. */
  readonly maxRows: number;
  readonly maxColumns: number;
  /** What an aggregated cell shows of the finite values of its block: their mean, or the one of largest magnitude. */
  readonly aggregate: "mean" | "extreme";
}

/** Bits of `Tile.flags`: what a block holds beside finite values. */
export const TILE_NAN = 1;
export const TILE_POSITIVE_INFINITY = 2;
export const TILE_NEGATIVE_INFINITY = 4;

/** Values of a window, row-major. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** NaN where a block has no finite value. Float64Array where float32 would not hold them. */
  readonly values: Float32Array | Float64Array;
  /** A byte a cell: `TILE_…` bits. */
  readonly flags: Uint8Array;
}

export interface CellsRequest {
  readonly tensor: string;
  readonly slice: Slice;
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
}

/** Exact values as text, row-major: the shortest digits that read back as the same stored value. */
export interface Cells {
  readonly texts: readonly string[];
}

export interface StatisticsRequest {
  readonly tensor: string;
  /** null: the whole tensor; else the slice alone. */
  readonly slice: Slice | null;
  /** `sample` answers at once and says so where it did not look at everything. */
  readonly effort: "sample" | "exact";
}

/** Statistics over finite values, and counts of the others. */
export interface TensorStatistics {
  readonly kind: "exact" | "sampled";
  /** Elements looked at, of how many. */
  readonly seen: number;
  readonly total: number;
  /** [min, max, mean, standard deviation]; NaN where there is no finite value. */
  readonly moments: Float64Array;
  /** Values at `PERCENTILES`. */
  readonly percentiles: Float64Array;
  /** True when the percentiles are exact, false when they are read off a fine histogram. */
  readonly percentilesAreExact: boolean;
  readonly zeros: number;
  readonly nans: number;
  readonly positiveInfinities: number;
  readonly negativeInfinities: number;
  /** Counts of equally wide bins from min to max. */
  readonly histogram: Float64Array;
  /** Plain-language observations, the most telling first. */
  readonly observations: readonly Text[];
}

export const PERCENTILES = [0.1, 1, 5, 25, 50, 75, 95, 99, 99.9] as const;

/** Of one square block: W_hh of an RNN, or one gate's block of it. */
export interface BlockSpectrum {
  /** Name of the gate block; empty for a matrix without blocks. */
  readonly name: string;
  /** Largest |eigenvalue|. */
  readonly spectralRadius: number;
  /** Largest first. */
  readonly singularValues: Float64Array;
  /** Real and imaginary parts of the eigenvalues, interleaved; empty where they were not computed. */
  readonly eigenvalues: Float64Array;
  readonly sentence: Text;
}

export interface Spectrum {
  readonly blocks: readonly BlockSpectrum[];
}

export type TensorExportFormat = "npy" | "npz" | "csv" | "json" | "safetensors";

export interface ExportRequest {
  /** Names of entries; one for npy and csv. */
  readonly tensors: readonly string[];
  /** null: whole tensors. */
  readonly slice: Slice | null;
  readonly format: TensorExportFormat;
}

/** Requests of the view; every one is answered by its result or by an error. */
export interface TensorRequests {
  /** null while the file is still being opened. */
  "archive/describe": { params: null; result: ArchiveSummary | null };
  /** Reads the file again, e.g. after its worker has ended; what becomes of it is told by the events below. */
  "archive/again": { params: null; result: null };
  "archive/tree": { params: TreeRequest; result: TreePage };
  "tensor/info": { params: { readonly tensor: string }; result: TensorInfo };
  "tensor/tile": { params: TileRequest; result: Tile };
  "tensor/cells": { params: CellsRequest; result: Cells };
  "tensor/statistics": { params: StatisticsRequest; result: TensorStatistics };
  "tensor/spectrum": { params: { readonly tensor: string }; result: Spectrum };
  /** The host asks where to write. Base name of the file written; null when the user gave up. */
  "tensor/export": { params: ExportRequest; result: string | null };
  /** A picture that the view has drawn. */
  "image/save": {
    params: {
      readonly name: string;
      readonly format: "png" | "svg";
      readonly bytes: Uint8Array;
    };
    result: string | null;
  };
  "text/copy": { params: { readonly text: string }; result: null };
  /** Opens the run flow with this archive, or one of its modules, as the weights. */
  "archive/run": { params: { readonly module: string | null }; result: null };
  "work/cancel": { params: null; result: null };
}

/** Events of the host. */
export interface TensorEvents {
  /** The file was opened, or has changed on disk and was read again. */
  "archive/changed": { readonly revision: number };
  /** Long work under way; 1 when it has ended. */
  "work/progress": { readonly fraction: number; readonly activity: Text };
  /** The file could not be read (again); what was read before stays on screen. */
  "archive/problem": { readonly problem: Text };
}
