/**
 * Messages between the view of the tensor editor and the host, and their data types.
 *
 * Everything is asked for by window, so that a file of any size opens alike. Arrays are exactly sized typed arrays;
 * numbers that may be NaN or infinite travel inside typed arrays.
 */
import type { AssignEvents, AssignRequests, ModuleMap } from "./assignMessages";
import type { ModuleLines } from "../moduleLines";
import type { Cells, CellsWindow } from "../../statistics/tiles/cells";
import type { BlockSpectrum, Spectrum } from "../../statistics/spectrum/spectrum";
import type { StatisticsOptions, TensorStatistics } from "../../statistics/statistics";
import type { Tile, TileWindow } from "../../statistics/tiles/tile";
import type { TensorExportFormat } from "../../formats/write/exportTensors";
import type { ExportTarget, GraphInputs } from "../../model/export/target";
import type { VariantOptions } from "../../model/variant";
import type { RunOptions, TensorRef } from "../../run/spec/spec";
import type { ArchiveFormat } from "../../formats/base/names";
import type { GateBlock, GateLayoutView } from "../../model/gateLayouts";
import type { DType } from "../../tensor/dtype";
import type { ComplexPart, Slice } from "../../tensor/slice";
import type { Shape, TensorOrigin } from "../../tensor/tensor";
import type { Progress } from "../../core/control";
import type { Resemblance } from "../../model/find/lookAlike";
import type { Text } from "../../core/text";

export {
  PERCENTILES,
  TILE_NAN,
  TILE_NEGATIVE_INFINITY,
  TILE_POSITIVE_INFINITY,
} from "../../tensor/slice";
export type { ComplexPart, DType, Shape, Slice, TensorOrigin };
export type { GateBlock, GateLayoutView, ModuleMap };
export type { BlockSpectrum, Cells, Spectrum, TensorExportFormat, TensorStatistics, Tile };

/** A module as the tree shows it. */
export interface ModuleSummary extends ModuleLines {
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
  /** What its tensors look like where they form no module, and may do so by hand; else null. */
  readonly lookAlike: Resemblance | null;
  /** The entry that is shown first: the only one, a module's first weight, or the first. null when there is none. */
  readonly first: TensorInfo | null;
}

/** An archive as an editor shows it. */
export interface ShownArchive extends ArchiveSummary {
  /** Which version of its file it is, where that is not the file itself but, say, the one of a commit. */
  readonly version: Text | null;
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

export interface TileRequest extends TileWindow {
  readonly tensor: string;
}

export interface CellsRequest extends CellsWindow {
  readonly tensor: string;
}

export interface StatisticsRequest extends StatisticsOptions {
  readonly tensor: string;
}

export interface ExportRequest {
  /** Names of entries; one for npy and csv. */
  readonly tensors: readonly string[];
  /** null: whole tensors. */
  readonly slice: Slice | null;
  readonly format: TensorExportFormat;
}

/** Requests of the view; every one is answered by its result or by an error. */
/** A module of the file with the options of a run that its weights do not tell. */
export interface ModuleRequest {
  /** Makes the module of tensors that were assigned by hand. */
  readonly map?: ModuleMap;
  /** Its prefix; null for the first one. */
  readonly module: string | null;
  readonly options: ModuleOptions;
}

/** Options of a run that are the module's own. */
export type ModuleOptions = Pick<
  RunOptions,
  "batchFirst" | "nonlinearity" | "reverse" | keyof VariantOptions
>;

export type ExportTargetId = ExportTarget["id"];

/** Graph inputs of an ONNX file beside the input itself. */
export type { GraphInputs };

/** A module in the names and layouts of another framework. */
export interface ModuleExportRequest extends ModuleRequest {
  readonly target: ExportTargetId;
  /** The name of the file that is written, without its folder; its ending says the format. */
  readonly file: string;
  readonly inputs: GraphInputs;
  /** Initial states of the run, in files of their own; those of the weights' file where they are left out. */
  readonly states?: Readonly<Partial<Record<"h0" | "c0", TensorRef>>>;
}

/** A framework that a module may be exported to. */
export interface TargetChoice {
  readonly id: ExportTargetId;
  readonly title: string;
  /** Of its files, without the dot, the usual one first. */
  readonly endings: readonly string[];
  /** Why not, a sentence each; empty where it can be. */
  readonly reasons: readonly Text[];
}

export interface TensorRequests extends AssignRequests {
  /** null while the file is still being opened. */
  "archive/describe": { params: null; result: ShownArchive | null };
  /** Reads the file again, e.g. after its worker has ended; the events below report the result. */
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
export interface TensorEvents extends AssignEvents {
  /** The file was opened, or has changed on disk and was read again: what `archive/describe` answers from now on. */
  "archive/changed": { readonly archive: ShownArchive | null };
  /** Long work under way; 1 when it has ended. */
  "work/progress": Progress;
  /** The file could not be read (again); what was read before stays on screen. */
  "archive/problem": { readonly problem: Text };
}
