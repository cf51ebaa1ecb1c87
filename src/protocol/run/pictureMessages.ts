/**
 * Messages about pictures and reports of a run.
 */
import type { DeltaAs } from "../../analysis/numbers/deltaAs";
import type { StateName } from "../../engine/base/trace";
import type { UnitSort } from "./windowMessages";
import type { DiagnosisView } from "./diagnosisMessages";

/** Colours of a picture that leaves the editor. */
export interface PictureTheme {
  /** `#rrggbb`, as all others. */
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  /** What is outside tolerance. */
  readonly error: string;
  readonly good: string;
  /** Fill of cells without a value. */
  readonly quiet: string;
  readonly scheme: "RdBu" | "PuOr" | "BrBG" | "PRGn";
}

/** Which picture of the unrolled view is wanted. */
export interface PictureRequest {
  readonly mode: "ours" | "reference" | "sideBySide" | "delta";
  /** How differences are measured; by themselves when not given. */
  readonly deltaAs?: DeltaAs;
  /** `c` only for an LSTM. */
  readonly stateName: StateName;
  readonly batch: number;
  /** Half-open; null for the whole sequence. */
  readonly steps: readonly [start: number, end: number] | null;
  /** A number is a limit that was chosen. */
  readonly range: "auto" | "shared" | "lane" | "full" | number;
  /** What the colours of Δ run to, where that was chosen. */
  readonly deltaRange?: number;
  /** How values run along the colours; evenly when not given. */
  readonly curve?: "linear" | "symlog";
  /** How much higher lanes are than where all of them fit, and the place of a lane at the top; all of them when not given. */
  readonly rows?: { readonly zoom: number; readonly lane: string; readonly share: number };
  /** Ids of lanes that are left out or show their name alone, and their order; all of them when not given. */
  readonly lanes?: {
    readonly hidden: readonly string[];
    readonly collapsed: readonly string[];
    readonly order: "dependency" | "error";
  };
  /** What the units of layers are ordered by; their numbers when not given. */
  readonly units?: UnitSort;
  /** The flip view of a layer in the place of the unrolled view, with a step that is shown in any case. */
  readonly flip?: Pick<FlipRequest, "layer" | "step" | "mistake">;
  /** CSS pixels. */
  readonly width: number;
  /** Height that the lanes are fitted into; lanes that cannot shrink make it higher. */
  readonly height: number;
  readonly theme: PictureTheme;
  /** True where title, sizes and verdicts are said beside it. */
  readonly isBare?: true;
}

/** Which picture of the flip view is wanted. */
export interface FlipRequest extends Pick<
  PictureRequest,
  "mode" | "batch" | "width" | "height" | "theme"
> {
  readonly layer: number;
  /** The step that is shown in any case. */
  readonly step: number;
  /** What the diagnosis found in the reference. */
  readonly mistake?: string;
}

export interface ReportRequest {
  /** null where none was made. */
  readonly diagnosis: DiagnosisView | null;
  readonly batch: number;
  /** Of this extension. */
  readonly version: string;
}

/** The language of what a worker writes for people. */
export interface Reader {
  readonly language: string;
  /** By English template. */
  readonly translations: Readonly<Record<string, string>>;
}

/** What the panel's menu exports. */
export type RunExport =
  | { readonly kind: "svg"; readonly picture: PictureRequest }
  /** The bytes of a picture that the page has painted. */
  | { readonly kind: "png"; readonly bytes: Uint8Array }
  | { readonly kind: "html"; readonly batch: number };
