/**
 * The lanes of a picture, with h_n or c_n at their side.
 */
import type { LaneInfo } from "../../protocol/run/messages";
import type { Side, WindowData } from "../../protocol/run/windowMessages";
import { blockSize } from "../base/grid";
import { colourScale, parseColour, type ColourScale } from "../base/colourScale";
import { limitOf } from "../run/domains";
import { slotWindow } from "../run/requests/finals";
import { measuredOf, type Measured } from "../run/measures";
import type { ShownLane } from "../run/laneChoice";
import { planBands, type BandPlan, type StepsPlan } from "../run/requests/lanePlan";
import { stepX, unitY, type LaneBox } from "../run/layout";
import { absentReasons } from "../run/absent";
import { stateNameOfLane } from "../run/state";
import type { PictureScene, PictureValues } from "./scene";
import { element, fittedForm, label, rect, type Rect } from "./svg";
import { windowMarkup, type WindowStyle } from "./windowMarkup";

/** Pixels of an image for each CSS pixel: sharp enough on paper, and small. */
const DENSITY = 1;
const SMALL = 11;

/** What bands are planned from. */
type Sized = Pick<PictureScene, "layout" | "request" | "view" | "screen">;

function plansOf({ layout, request, view, screen }: Sized): BandPlan[] {
  const { mode, deltaAs = "absolute", stateName, batch } = request;
  return planBands({
    ...{ layout, view, mode, deltaAs, stateName, batch },
    ...{ dpr: DENSITY, scrollTop: screen.top, height: screen.height },
  });
}

/** How large the differences of a picture are, where they are not shown by themselves; null where they are. */
export function measuredIn(sized: Sized, values: PictureValues): Measured | null {
  const { mode, deltaAs = "absolute", stateName } = sized.request;
  if (mode !== "delta" || deltaAs === "absolute") return null;
  const windows = plansOf(sized).flatMap(({ box, steps, final }) => [
    ...(steps === null || steps === "absent" || steps.side !== "delta"
      ? []
      : steps.requests.map((tile) =>
          values.window({ ...tile, stateName: stateNameOfLane(box.info, stateName) }),
        )),
    ...(final === null || final === "absent" || final.side !== "delta"
      ? []
      : [finalData(sized, values, box.info, final)]),
  ]);
  return measuredOf(windows);
}

/** All lanes; values are read as the picture needs them. */
export function lanesMarkup(scene: PictureScene, values: PictureValues): string {
  return plansOf(scene)
    .map((plan) => stepsMarkup(scene, values, plan) + finalMarkup(scene, values, plan))
    .join("");
}

function stepsMarkup(scene: PictureScene, values: PictureValues, plan: BandPlan): string {
  const { layout } = scene;
  const { band, steps, box } = plan;
  if (steps === null) return "";
  const at = { x: layout.plotLeft, y: band.top, width: layout.plotWidth, height: band.height };
  if (steps === "absent") return absentMarkup(scene, at, box);
  return (
    backdrop(scene, at, hasPadding(scene)) + clipped(at, tilesMarkup(scene, values, plan, steps))
  );
}

function hasPadding({ view, request }: PictureScene): boolean {
  return (view.lengths?.[request.batch] ?? view.seqLength) < view.seqLength;
}

/** What is seen where no value is: quiet, hatched where it is padding. */
function backdrop({ theme }: PictureScene, at: Rect, isHatched: boolean): string {
  const quiet = rect(at, { fill: theme.quiet });
  return isHatched ? quiet + hatched(at, theme.muted) : quiet;
}

/** Diagonal lines across a rectangle, eight pixels apart: without a pattern, whose id the page would share. */
export function hatched(at: Rect, colour: string): string {
  const lines: string[] = [];
  for (let x = -at.height; x < at.width; x += 8) {
    const from = Math.max(0, x);
    const to = Math.min(at.width, x + at.height);
    lines.push(
      `M${at.x + from} ${at.y + at.height - (from - x)}L${at.x + to} ${at.y + at.height - (to - x)}`,
    );
  }
  return element("path", {
    d: lines.join(""),
    stroke: colour,
    "stroke-opacity": 0.4,
    fill: "none",
  });
}

function tilesMarkup(
  scene: PictureScene,
  values: PictureValues,
  { band, box }: BandPlan,
  { requests, side }: StepsPlan,
): string {
  const { layout, request } = scene;
  const { info } = box;
  const isExact =
    blockSize(layout.columnWidth * DENSITY) === 1 &&
    blockSize((band.height * DENSITY) / info.units) === 1;
  const stateName = stateNameOfLane(info, request.stateName);
  return requests
    .map((tile) => {
      const data = values.window({ ...tile, stateName });
      if (info.layer !== null) scene.drawn.push(data);
      const width = (tile.stepEnd - tile.stepStart) * layout.columnWidth;
      const y = unitY(band, info.units, tile.unitStart);
      const height = unitY(band, info.units, tile.unitEnd) - y;
      const at = { x: stepX(layout, tile.stepStart), y, width, height };
      const lane = {
        x: layout.plotLeft,
        y: band.top,
        width: layout.plotWidth,
        height: band.height,
      };
      return windowMarkup(data, at, styleOf(scene, info, side, isExact), lane);
    })
    .join("");
}

/** Markup that shows within a rectangle alone; its coordinates stay those of the picture. */
function clipped(at: Rect, content: string): string {
  const { x, y, width, height } = at;
  const box = { x: x - 1, y: y - 1, width: width + 2, height: height + 2 };
  const viewBox = [box.x, box.y, box.width, box.height].map((one) => one.toFixed(2)).join(" ");
  return content === "" ? "" : element("svg", { ...box, viewBox }, content);
}

function styleOf(scene: PictureScene, info: LaneInfo, side: Side, isExact: boolean): WindowStyle {
  const { theme, encodePng, view } = scene;
  return {
    scale: scaleOf(scene, limitOf(scene.domains, info, side)),
    theme,
    isDelta: side === "delta",
    isUlps: side === "delta" && scene.request.deltaAs === "ulp",
    isExact,
    words: info.id === "tokens" ? new Map(view.surrounding?.words ?? []) : null,
    encodePng,
  };
}

/** The colours of a picture up to a limit. */
export function scaleOf(
  { theme, request }: Pick<PictureScene, "theme" | "request">,
  limit: number,
): ColourScale {
  const curve = request.curve ?? "linear";
  return { ...colourScale(theme.scheme, parseColour(theme.background), limit), curve };
}

/** Why a lane has no values. */
function absentMarkup(
  { theme, view, request, say }: PictureScene,
  at: Rect,
  { info }: LaneBox,
): string {
  const reasons = absentReasons(view, info, request.stateName).map(say);
  const written = fittedForm(reasons, SMALL, at.width - 20);
  return (
    rect(at, { fill: theme.quiet }) +
    label(at.x + 10, at.y + at.height / 2, written, { "font-size": SMALL, fill: theme.muted })
  );
}

function finalMarkup(scene: PictureScene, values: PictureValues, plan: BandPlan): string {
  const { layout } = scene;
  const { band, box, final } = plan;
  if (final === null) return "";
  const at = { x: layout.finalLeft, y: band.top, width: layout.finalWidth, height: band.height };
  const ground = backdrop(scene, at, false);
  if (final === "absent") return ground;
  const data = finalData(scene, values, box.info, final);
  const isExact = data.rows === box.info.units;
  return ground + windowMarkup(data, at, styleOf(scene, box.info, final.side, isExact));
}

function finalData(
  { request }: Pick<PictureScene, "request">,
  values: PictureValues,
  info: ShownLane,
  final: Exclude<BandPlan["final"], "absent" | null>,
): WindowData {
  const { stateName, batch } = request;
  if (final.kind === "window") return values.window({ ...final.request, stateName: "h" });
  const as = final.as === undefined ? {} : { as: final.as };
  const states = values.finalStates({ stateName, side: final.side, batch, ...as });
  return slotWindow(states, final.slot, final.rows, info);
}
