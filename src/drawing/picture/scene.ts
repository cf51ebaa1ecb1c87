/**
 * What a picture of a run is made of.
 */
import type { Text } from "../../core/text";
import type { RunView, StateName } from "../../protocol/run/messages";
import type {
  FinalStates,
  FinalStatesRequest,
  WindowData,
  WindowRequest,
} from "../../protocol/run/windowMessages";
import type { Domains, StateRange } from "../run/domains";
import type { UnrolledLayout } from "../run/layout";
import type { Mode, StepRange } from "../run/modes";
import type { EncodePng } from "./image";
import type { PictureTheme } from "./theme";

/** The values of a run, as the session answers for them. */
export interface PictureValues {
  window(request: WindowRequest): WindowData;
  finalStates(request: FinalStatesRequest): FinalStates;
}

/** Which picture is wanted. */
export interface PictureRequest {
  readonly mode: Mode;
  /** `c` only for an LSTM. */
  readonly stateName: StateName;
  readonly batch: number;
  /** null for the whole sequence. */
  readonly steps: StepRange | null;
  readonly range: StateRange;
  /** CSS pixels. */
  readonly width: number;
  /** Height that the lanes are fitted into; lanes that cannot shrink make it higher. */
  readonly height: number;
  readonly theme: PictureTheme;
}

/** What a picture needs beside the run and the request. */
export interface PictureMeans {
  readonly encodePng: EncodePng;
  /** A sentence in the reader's language, foreign text made visible; not yet escaped. */
  readonly say: (sentence: Text) => string;
}

export interface PictureScene extends PictureMeans {
  readonly request: PictureRequest;
  readonly theme: PictureTheme;
  /** The run as it is. */
  readonly run: RunView;
  /** The run with its lanes as they are shown: h or c. */
  readonly view: RunView;
  readonly layout: UnrolledLayout;
  readonly domains: Domains;
}
