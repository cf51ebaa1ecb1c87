/**
 * Messages between the view of a run and the host, and their data types.
 *
 * Arrays are exactly sized typed arrays, never views into a larger buffer. Numbers that may be NaN or infinite
 * travel inside typed arrays or as `WireNumber`.
 */
import type { Chaos } from "../../analysis/chaos";
import type { Named } from "../../diagnosis/answer";
import type { Tolerance, Verdict } from "../../analysis/compare";
import type { CellNumbers, LaneNumbers } from "../../analysis/laneMeasures/measure";
import type { Place, StateName, TracePath } from "../../engine/base/trace";
import type { ClashFix } from "../../diagnosis/clashes/fixes";
import type { Trap } from "../../diagnosis/traps/traps";
import type { ShapeCheck, ShapeRow } from "../../model/shapes/shapes";
import type { Direction, RecurrentConfig } from "../../model/config";
import type { OfferedOptions, RunOptions, RunSpec, ToleranceSpec } from "../../run/spec/spec";
import type { Progress } from "../../core/control";
import type { PackedWindow } from "./packedWindow";
import type { Text } from "../../core/text";
import type { Head, SurroundingView } from "./surroundingMessages";
import type { DiagnosisView } from "./diagnosisMessages";
import type { CompareChoice, CompareState, ComparedView } from "./comparedMessages";
import type { WireNumber } from "../wire";
import type {
  GradientCurve,
  GradientRequest,
  ResidualCurve,
  ResidualRequest,
  Timeline,
  TimelineRequest,
} from "./curveMessages";
import type { NumbersRequest, NumbersView } from "./numbersMessages";
import type { PictureRequest, RunExport } from "./pictureMessages";
import type { LogitExplanation, LogitRequest } from "./logitMessages";
import type { UnitExplanation, UnitRequest } from "./unitMessages";
import type { FirstDivergence, OwnView, VerdictView } from "./verdictMessages";
import type {
  DivergenceAnswer,
  DivergenceRequest,
  FinalStates,
  FinalStatesRequest,
  LaneId,
  UnitOrder,
  UnitOrderRequest,
  WindowRequest,
} from "./windowMessages";

export type { Head, ShapeCheck, ShapeRow, Place, StateName, Verdict };

export interface LaneInfo extends Omit<LaneNumbers, "cell"> {
  readonly id: LaneId;
  /** null for lanes of no layer. */
  readonly layer: number | null;
  readonly direction: Direction | null;
  /** Features: rows of the lane. */
  readonly units: number;
  /** `full` when the reference has every step of this lane, else `none`. */
  readonly reference: "full" | "none";
  /**
   * How many values of its last state are outside tolerance, in all rows: where the reference has that alone, or that
   * alone is off.
   */
  readonly outsideOfFinal?: number;
  /** Of logits of one step, which stand in a column of their own behind the last step. */
  readonly isFinal?: true;
  /** Its c; null for lanes without one. */
  readonly cell: (Pick<LaneInfo, "units" | "reference" | "outsideOfFinal"> & CellNumbers) | null;
  /** Not given for a lane without gates, and for a run whose steps cannot be computed again. */
  readonly gates?: GatesView;
}

/** The gates of one direction of a layer. */
export interface GatesView {
  readonly units: number;
  /** Steps of one row of the batch that are computed for one window. */
  readonly atOnce: number;
  /** In the order of the weights. */
  readonly each: readonly (Pick<LaneInfo, "reference" | "outside" | "total" | "deltaRange"> & {
    readonly letter: string;
    /** The middle of its values: one half of σ, 0 of tanh. */
    readonly centre: number;
  })[];
}

/** Everything the panel shows except the values. */
export interface RunView {
  /** Grows with every run of the panel; answers for older revisions are thrown away. */
  readonly revision: number;
  readonly spec: RunSpec;
  /** The mistakes that the run is shown under; empty for the run itself. */
  readonly under: readonly Named[];
  /** Where rounding alone begins to move states anywhere; null where it does not, or was not measured. */
  readonly chaos: Chaos | null;
  /** Base names as the toolbar shows them. */
  readonly labels: {
    readonly weights: string;
    readonly input: string;
    readonly h0: string | null;
    readonly c0: string | null;
    readonly lengths: string | null;
    readonly reference: string | null;
    readonly runFile: string | null;
  };
  readonly config: RecurrentConfig | null;
  /** e.g. `nn.RNN(6, 12, num_layers=2, bidirectional=True)`; null when no module was found. */
  readonly constructorLine: string | null;
  /** Constructor arguments that neither the weights file nor its tensors tell: `batch_first`, `nonlinearity`, … */
  readonly unknown: readonly string[];
  /** What stands around the module; not given where there is nothing. */
  readonly surrounding?: SurroundingView;
  /** Prefixes of all recurrent modules in the weights file. */
  readonly modules: readonly string[];
  readonly module: string | null;
  readonly options: OfferedOptions & {
    /** null for no limit. */
    readonly clip: number | null;
    readonly coupledInputForget: boolean;
  };
  readonly seqLength: number;
  readonly batchSize: number;
  readonly unbatched: boolean;
  readonly lengths: readonly number[] | null;
  /** Bottom to top: input, layer 0 forward, layer 0 reverse, layer 1 …, output. Empty when it cannot run. */
  readonly lanes: readonly LaneInfo[];
  /** Empty without a reference. */
  readonly verdicts: readonly VerdictView[];
  /** Not given where the user's own output is not. */
  readonly own?: OwnView;
  /** Engines that it was compared with; not given where there are none. */
  readonly compared?: ComparedView;
  /** null where nothing is outside tolerance. */
  readonly firstDivergence: FirstDivergence | null;
  /** Largest |float32 run − float64 run| over all states; null when it was not measured. */
  readonly noiseFloor: WireNumber | null;
  /** That of all results, and of single ones where they have another one. */
  readonly tolerance: Tolerance;
  readonly shapes: ShapeCheck;
  /** What clashes, and why as far as there is something to say; not given where nothing clashes. */
  readonly clash?: { readonly sentence: Text; readonly cause: Text | null };
  /** Single changes that make a run fit whose shapes clash, the best first; not given where nothing clashes. */
  readonly fixes?: readonly ClashFix[];
  /** What raises no error and may be another thing than was meant; those left out that were dismissed for good. */
  readonly traps?: readonly Trap[];
  /** What the run is computed from that is no finite number, a sentence each; not given where all of it is. */
  readonly notFinite?: readonly Text[];
  /** Where output and h_n of a reference that differs are not of one run; in the middle of a sentence. */
  readonly contradiction?: Text;
  /** Notes of the readers, and defaults that were assumed; those about what is not finite are among them. */
  readonly notes: readonly Text[];
  readonly details: {
    /** How the numbers were made; null when the run has none. */
    readonly path: TracePath | null;
    readonly elapsedMs: number;
  };
}

export type Pickable = "weights" | "input" | "h0" | "c0" | "reference";

/** A case that is made of a run: a better test of its module, or the smallest one that shows its mistake. */
export type CaseName = "betterTest" | "smallest";

/** Requests of the view; every one is answered by its result or by an error. */
export interface ViewRequests {
  /** null while nothing has been run yet. */
  "run/describe": { params: null; result: RunView | null };
  "run/again": { params: null; result: null };
  "run/cancel": { params: null; result: null };
  "run/change": {
    params: RunOptions & {
      readonly module?: string;
      /** null for no head. */
      readonly head?: Head | null;
      readonly equalNan?: boolean;
      readonly rtol?: number;
      readonly atol?: number;
      readonly each?: ToleranceSpec["each"];
    };
    result: null;
  };
  /** Applies one of the view's fixes, by its position, and runs again. */
  "run/fix": { params: { readonly index: number }; result: null };
  /** Shows a trap never again, in no run. */
  "trap/dismiss": { params: { readonly id: string }; result: null };
  /** Why the run differs, and what it cannot show; kept until the next run, and told by `diagnosis/progress`. */
  "run/diagnose": { params: null; result: DiagnosisView };
  "diagnosis/cancel": { params: null; result: null };
  /** Compares the run on screen with these engines from now on; with none for an empty list. */
  "compare/choose": { params: CompareChoice; result: null };
  "compare/cancel": { params: null; result: null };
  /** Shows the run as if these mistakes had been made; as it is for none. */
  "run/under": { params: { readonly ids: readonly string[] }; result: null };
  /** Writes the run that agrees under these mistakes to a file and opens it. Its base name; null when the user gave up. */
  "run/saveUnder": { params: { readonly ids: readonly string[] }; result: string | null };
  /** The host asks for a folder, tells how far it is, and opens what it made. */
  "case/make": { params: { readonly what: CaseName }; result: null };
  /** The host asks with a quick pick and runs again. */
  "run/pick": { params: { readonly what: Pickable }; result: null };
  /** Base name of the file written; null when the user gave up. */
  "run/save": { params: null; result: string | null };
  /** The SVG text of the unrolled view. */
  "picture/draw": { params: PictureRequest; result: string };
  /** The host asks for the file. Its base name; null when the user gave up. */
  "run/export": { params: RunExport; result: string | null };
  "lane/window": { params: WindowRequest; result: PackedWindow };
  "divergence/find": { params: DivergenceRequest; result: DivergenceAnswer };
  /** In which order the units of a lane are shown. */
  "units/order": { params: UnitOrderRequest; result: UnitOrder };
  "finalStates/read": { params: FinalStatesRequest; result: FinalStates };
  "timeline/read": { params: TimelineRequest; result: Timeline };
  /** null where the reference has no h of the lane of the run's shape, or in 16 bits. */
  "residuals/read": { params: ResidualRequest; result: ResidualCurve | null };
  /**
   * The numbers of the differences, by result; judged by another tolerance where one is given. With `run/progress`;
   * `run/cancel` stops it.
   */
  "numbers/read": { params: NumbersRequest; result: readonly NumbersView[] };
  /**
   * Computed when first asked for, with `run/progress`, while other questions are answered. `run/cancel`, another loss and
   * `gradients/stop` stop it.
   */
  "run/gradients": { params: GradientRequest; result: GradientCurve };
  "gradients/stop": { params: null; result: null };
  "unit/explain": { params: UnitRequest; result: UnitExplanation };
  "logit/explain": { params: LogitRequest; result: LogitExplanation };
  "text/copy": { params: { readonly text: string }; result: null };
}

/** An answer to a question that the page is going to ask. */
export interface EarlyAnswer {
  readonly method: string;
  readonly params: unknown;
  readonly result: object;
}

/** Events of the host. */
export interface HostEvents {
  /** A run ended: what `run/describe` answers from now on, so that nobody has to ask; of a small run with its values. */
  "run/changed": { readonly run: RunView | null; readonly answers?: readonly EarlyAnswer[] };
  /** A run is under way; `fraction` in 0…1. */
  "run/progress": Progress;
  /** A diagnosis is under way. */
  "diagnosis/progress": Progress;
  /** A comparison with engines is under way, or could be. */
  "compare/changed": CompareState;
  /** A file could not be read or a run not made; the last good run stays on screen. */
  "run/problem": { readonly problem: Text };
}
