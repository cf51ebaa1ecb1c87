/**
 * The input of one repaint of the heatmap.
 */
import type { Theme } from "../../shared/pictures/theme";
import type { ColourMap } from "../../../src/drawing/tensors/colourMap";
import type { Frame } from "../../../src/drawing/tensors/frame";
import type { ShownBlocks } from "../../../src/drawing/tensors/gateBlocks";
import type { Zoom } from "../../../src/drawing/tensors/viewport";
import type { TensorState } from "../store/tensorState";
import type { HeatData } from "./heatData";
import type { HeatImages } from "./heatImages";

export interface HeatScene {
  readonly context: CanvasRenderingContext2D;
  /** Device pixels per CSS pixel. */
  readonly dpr: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly frame: Frame;
  readonly zoom: Zoom;
  readonly map: ColourMap;
  readonly shown: ShownBlocks | null;
  /** The values on screen. */
  readonly data: HeatData;
  readonly state: TensorState;
  readonly images: HeatImages;
}

/** A column of the slice to a place on the canvas. */
export function xOf({ frame, zoom }: Pick<HeatScene, "frame" | "zoom">, column: number): number {
  return frame.left + (column - zoom.x) * zoom.cellWidth;
}

/** A row of the slice to a place on the canvas. */
export function yOf({ frame, zoom }: Pick<HeatScene, "frame" | "zoom">, row: number): number {
  return frame.top + (row - zoom.y) * zoom.cellHeight;
}
