/**
 * Pictures and reports of runs, in one file of their own: most sessions need neither.
 */
import { flipPicture } from "../drawing/picture/flip";
import {
  unrolledPicture,
  type PictureMeans,
  type PictureRequest,
  type PictureValues,
} from "../drawing/picture/unrolled";
import type { RunView } from "../protocol/run/messages";

export { reportHtml } from "./report";

/** The picture of the view that is wanted, as SVG text. */
export function runPicture(
  run: RunView,
  values: PictureValues,
  request: PictureRequest,
  means: PictureMeans,
): string {
  return request.flip === undefined
    ? unrolledPicture(run, values, request, means)
    : flipPicture(run, values, { ...request, ...request.flip }, means);
}
