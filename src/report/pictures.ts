/**
 * Pictures and reports of runs, in one file of their own: most sessions need neither.
 */
export { unrolledPicture } from "../drawing/picture/unrolled";
export { reportFindings, reportHtml } from "./report";
