/**
 * Messages between the extension host and a worker thread of runs, in both directions.
 *
 * A worker holds at most one open run. While a new one is opened the old one stays; it is replaced only by one that
 * could be read, so that a bad file never costs the user what is on screen.
 */
import type { MadeProbe, ProbeRequest } from "../../diagnosis/probe/probeFiles";
import type { MadeReduction } from "../../diagnosis/reduce/reducedFiles";
import type { ArchiveFormat } from "../../formats/base/names";
import type { ClashFix } from "../../diagnosis/clashes/fixes";
import type { Trap } from "../../diagnosis/traps/traps";
import type { RecurrentConfig } from "../../model/config";
import type { Resemblance } from "../../model/find/lookAlike";
import type { ShapeCheck } from "../../model/shapes/shapes";
import type { EngineChoice } from "../../reference/engine";
import type {
  RecordedRun,
  RecorderQuestion,
  RecorderScript,
} from "../../reference/recorder/frameworks";
import type { RunSpec } from "../../run/spec/spec";
import type { TensorEntry } from "../../tensor/tensor";
import type { Progress } from "../../core/control";
import type { Text } from "../../core/text";
import type { MapGuess, MapTrials, ModuleMap } from "../archive/assignMessages";
import type { ModuleLines } from "../moduleLines";
import type { DiagnosisView } from "./diagnosisMessages";
import type { RunView, ViewRequests } from "./messages";
import type { PictureRequest, Reader, ReportRequest } from "./pictureMessages";

/** A recurrent module found in an archive. */
export interface ModuleView extends ModuleLines {
  readonly config: RecurrentConfig;
}

/** An archive's table of contents. */
export interface ArchiveView {
  readonly file: string;
  readonly format: ArchiveFormat;
  readonly entries: readonly TensorEntry[];
  readonly modules: readonly ModuleView[];
  /** What the tensors look like where they form no module; null where they do. */
  readonly lookAlike: Resemblance | null;
  readonly notes: readonly Text[];
  /** Names beside those of the entries by which a run may mean a PackedSequence; not given where there is none. */
  readonly packed?: readonly string[];
  /** True for a folder of ONNX' test data, whose inputs are those of a whole model; else not given. */
  readonly isTestSet?: true;
}

/** What is known of a run before it is made. */
export interface RunCheck {
  readonly constructorLine: string;
  readonly shapes: ShapeCheck;
  /** Single changes that make it fit, the best first. */
  readonly fixes: readonly ClashFix[];
  readonly traps: readonly Trap[];
}

/** File locations are URI strings; the worker reads `file:` itself and asks the host for others. */
export interface WorkerRequests extends Pick<
  ViewRequests,
  | "lane/window"
  | "units/order"
  | "divergence/find"
  | "finalStates/read"
  | "timeline/read"
  | "residuals/read"
  | "numbers/read"
  | "run/gradients"
  | "gradients/stop"
  | "unit/explain"
  | "logit/explain"
> {
  /** With a map, the module that it makes is the first. */
  "archive/inspect": {
    params: { readonly location: string; readonly map?: ModuleMap };
    result: ArchiveView;
  };
  /** Runs each of these maps on the input of a run, and compares it with its reference; the open run stays. */
  "run/tryMaps": {
    params: { readonly spec: RunSpec; readonly guesses: readonly MapGuess[] };
    result: MapTrials;
  };
  /** Loads a run and checks its shapes; the open run stays as it is. */
  "run/check": { params: { readonly spec: RunSpec }; result: RunCheck };
  "run/open": {
    params: {
      readonly spec: RunSpec;
      readonly revision: number;
      readonly runFile: string | null;
      /** Bytes that the states of the run may take. */
      readonly maxTraceBytes: number;
      /** Ids of mistakes that the run is shown under. */
      readonly under?: readonly string[];
    };
    result: RunView;
  };
  /** Compares the open run with engines that compute it as well; the result takes its place. */
  "run/compareWith": {
    params: { readonly choices: readonly EngineChoice[]; readonly revision: number };
    result: RunView;
  };
  /** The SVG text of the unrolled view of the open run. */
  "picture/draw": { params: PictureRequest & { readonly reader: Reader }; result: string };
  /** The open run as one HTML file. */
  "report/write": { params: ReportRequest & { readonly reader: Reader }; result: string };
  /** Loads a run and makes a better test of its module; the open run stays as it is. */
  "run/probe": {
    params: { readonly spec: RunSpec; readonly request: ProbeRequest };
    result: MadeProbe;
  };
  /** Loads a run and makes the smallest case that shows its mistake, null where none is known; the open run stays. */
  "run/reduce": { params: { readonly spec: RunSpec }; result: MadeReduction | null };
  /** The script that records a reference of a run's module; the open run stays as it is. */
  "run/recorder": {
    params: { readonly spec: RecordedRun; readonly question: RecorderQuestion };
    result: RecorderScript;
  };
  /** Loads a run and diagnoses it; the open run stays as it is. */
  "run/diagnose": {
    params: {
      readonly spec: RunSpec;
      /** What it is compared with where its files give no reference. */
      readonly choices?: readonly EngineChoice[];
    };
    result: DiagnosisView;
  };
}

export interface WorkerEvents {
  "run/progress": Progress;
  "compare/progress": Progress;
  /** What an engine in a process of its own prints. */
  "engine/output": { readonly output: string };
}

/** What a worker asks of the host: the bytes of a file that has no path of its own. */
export interface HostRequests {
  "bytes/read": { params: { readonly location: string }; result: Uint8Array };
}

/** Methods whose answers have arrays of their own, which are handed over. */
export const freshAnswers = [
  "lane/window",
  "finalStates/read",
  "timeline/read",
  "residuals/read",
  "run/gradients",
  "unit/explain",
] as const satisfies readonly (keyof WorkerRequests)[];
