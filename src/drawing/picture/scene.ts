/**
 * What a picture of a run is made of.
 */
import type { Text } from "../../core/text";
import type { RunView } from "../../protocol/run/messages";
import type { PictureRequest } from "../../protocol/run/pictureMessages";
import type {
  FinalStates,
  FinalStatesRequest,
  UnitOrder,
  UnitOrderRequest,
  WindowData,
  WindowRequest,
} from "../../protocol/run/windowMessages";
import type { Domains } from "../run/domains";
import type { UnrolledLayout } from "../run/layout";
import type { Scrolled } from "../run/zoom/rowZoom";
import type { EncodePng } from "./image";
import type { PictureTheme } from "./theme";

export type { PictureRequest } from "../../protocol/run/pictureMessages";

/** The values of a run, as the session answers for them. */
export interface PictureValues {
  window(request: WindowRequest): WindowData;
  finalStates(request: FinalStatesRequest): FinalStates;
  unitOrder(request: UnitOrderRequest): UnitOrder;
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
  /** The part of the layout's height that the picture has. */
  readonly screen: Scrolled;
  /** Values of layers, as far as they have been drawn: the legend tells how they are distributed. */
  readonly drawn: WindowData[];
  readonly domains: Domains;
}
