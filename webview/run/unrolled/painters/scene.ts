/**
 * The input of one repaint of the unrolled view.
 */
import type { Place, RunView, StateName } from "../../../../src/protocol/run/messages";
import type { Side } from "../../../../src/protocol/run/windowMessages";
import type { ColourScale } from "../../../../src/drawing/base/colourScale";
import type { ShownLane } from "../../../../src/drawing/run/laneChoice";
import type { UnrolledLayout } from "../../../../src/drawing/run/layout";
import type { TurnedLanes } from "../../../../src/drawing/run/play/turned";
import type { ViewState } from "../../store/state";
import type { Theme } from "../../../shared/pictures/theme";
import type { Context, Rect } from "../../../shared/pictures/marks";
import type { BandData } from "./bandData";
import type { TileImages } from "./tileImages";

/** Where texts lie, CSS pixels of the content. */
export interface WrittenTexts {
  /** Texts over and between the lanes, which the cursor's lines leave free. */
  readonly inside: Rect[];
  /** Numbers of the axis, which make way for the number of the cursor's step. */
  readonly onAxis: Rect[];
}

export interface Scene {
  readonly context: Context;
  /** Device pixels per CSS pixel. */
  readonly dpr: number;
  readonly theme: Theme;
  readonly layout: UnrolledLayout;
  /** Part of the content that is on screen, CSS pixels. */
  readonly scrollTop: number;
  readonly height: number;
  /** The bands on screen with their values. */
  readonly bands: readonly BandData[];
  readonly state: ViewState;
  readonly view: RunView;
  readonly scaleOf: (lane: ShownLane, side: Side) => ColourScale;
  readonly images: TileImages;
  /** Where texts were written, for what is drawn above them. */
  readonly texts: WrittenTexts;
  /** Scratch surface of the size of the canvas, for masks. */
  readonly scratch: HTMLCanvasElement;
}

/** What is drawn above it for the cursor. */
export interface CursorScene {
  readonly context: Context;
  readonly theme: Theme;
  readonly layout: UnrolledLayout;
  readonly view: RunView;
  readonly scrollTop: number;
  readonly height: number;
  readonly cursor: Place;
  readonly logit: ViewState["logit"];
  /** The state in the lanes of the layers. */
  readonly stateName: StateName;
  /** True for Δ, where values outside tolerance have frames. */
  readonly isDelta: boolean;
  readonly texts: WrittenTexts;
  /** Lanes that the run that is played shows flipped. */
  readonly turned: TurnedLanes;
  /** Step under the pointer; null when it is elsewhere. */
  readonly hoverStep: number | null;
}
