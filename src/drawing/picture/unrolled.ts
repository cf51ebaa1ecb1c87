/**
 * The unrolled view of a run as an SVG file: heading, verdict, lanes, h_n, time axis and legend.
 */
import { clamp } from "../../core/numeric";
import { foreign, text, type Text } from "../../core/text";
import type { RunView } from "../../protocol/run/messages";
import { escapeXml } from "../base/escapeXml";
import { domainsOf } from "../run/domains";
import { canBeSorted, sortedUnits } from "../run/sortedUnits";
import { ALL_LANES, shownLanes, type ShownLane } from "../run/laneChoice";
import { measureText } from "../run/measures";
import { layoutUnrolled, type UnrolledLayout } from "../run/layout";
import { shownRun } from "../run/state";
import { scrollToAnchor } from "../run/zoom/rowZoom";
import { axisMarkup, frameMarkup } from "./frameMarkup";
import { lanesMarkup, measuredIn } from "./lanesMarkup";
import { legendOf } from "./legendMarkup";
import { modeName, passes, sizesOf } from "./names";
import type { PictureMeans, PictureRequest, PictureScene, PictureValues } from "./scene";
import { element, fitted, group, label, rect, SANS } from "./svg";

export type { PictureMeans, PictureRequest, PictureValues } from "./scene";

const MARGIN = 24;
const TITLE = { size: 15, line: 24 } as const;
const LINE = { size: 12, line: 19 } as const;
interface HeadLine {
  readonly content: string;
  readonly size: number;
  readonly line: number;
  readonly fill: string;
  readonly weight: number;
}

/** The SVG text of a run that has lanes. */
export function unrolledPicture(
  run: RunView,
  values: PictureValues,
  request: PictureRequest,
  means: PictureMeans,
): string {
  const scene = sceneOf(run, values, request, means);
  const { theme } = scene;
  const head = headOf(scene);
  const headHeight = request.isBare === true ? 0 : head.reduce((sum, { line }) => sum + line, 0);
  const lanes = onScreen(scene, lanesMarkup(scene, values) + frameMarkup(scene));
  const legend = legendOf(scene);
  const top = MARGIN + headHeight;
  const foot = scene.screen.height + 6;
  const height = top + foot + legend.height + MARGIN / 2;
  const title = head.map(({ content }) => content).join(". ");
  const content = [
    `<title>${escapeXml(title)}</title>`,
    rect({ x: 0, y: 0, width: request.width, height }, { fill: theme.background }),
    request.isBare === true ? "" : headMarkup(head),
    group({ transform: `translate(${MARGIN} ${top})` }, [
      lanes,
      axisMarkup(scene),
      legend.markup(foot),
    ]),
  ];
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width: request.width,
      height,
      viewBox: `0 0 ${request.width} ${Math.round(height * 100) / 100}`,
      role: "img",
      "font-family": SANS,
      "font-size": 12,
    },
    content.join("\n"),
  );
}

function sceneOf(
  run: RunView,
  values: PictureValues,
  request: PictureRequest,
  means: PictureMeans,
): PictureScene {
  const view = shownRun(run, request.stateName);
  const { stateName, rows } = request;
  const choice = { ...ALL_LANES, ...request.lanes };
  const layout = layoutUnrolled({
    width: request.width - 2 * MARGIN,
    height: request.height,
    lanes: shownLanes({ lanes: run.lanes, stateName }, view.lanes, choice).map((lane) =>
      inSort(lane, values, request),
    ),
    mode: request.mode,
    steps: request.steps ?? [0, view.seqLength],
    isZoomed: request.steps !== null,
    rowZoom: rows?.zoom ?? 1,
  });
  const screen = screenOf(layout, request);
  const sized = { request, view, layout, screen };
  const { range: stateRange, deltaRange = null } = request;
  const wanted = { stateRange, deltaRange };
  const domains = domainsOf(run, stateName, wanted, { measured: measuredIn(sized, values) });
  return { ...means, ...sized, theme: request.theme, run, domains, drawn: [] };
}

/** A lane with its units as they are sorted. */
function inSort(
  lane: ShownLane,
  values: PictureValues,
  { stateName, batch, units: order }: PictureRequest,
): ShownLane {
  if (order === undefined || !canBeSorted(lane)) return lane;
  const answer = values.unitOrder({ lane: lane.id, stateName, batch, order });
  return { ...lane, sorted: sortedUnits(order, answer) };
}

/** All of the lanes, or the part of zoomed ones that was on screen. */
function screenOf(
  layout: UnrolledLayout,
  { rows, height }: PictureRequest,
): PictureScene["screen"] {
  const { contentHeight } = layout;
  if (rows === undefined || contentHeight <= height) return { top: 0, height: contentHeight };
  const top = scrollToAnchor(layout, { ...rows, at: 0 }) ?? 0;
  return { top: clamp(top, 0, contentHeight - height), height };
}

function onScreen({ layout, screen }: PictureScene, content: string): string {
  if (screen.height >= layout.contentHeight) return content;
  const { top, height } = screen;
  const size = { x: 0, y: 0, width: layout.width, height };
  return element("svg", { ...size, viewBox: `0 ${top} ${layout.width} ${height}` }, content);
}

/** What runs on what, which values are shown, and the verdicts. */
function headOf(scene: PictureScene): HeadLine[] {
  const { run, request, theme, say } = scene;
  const width = request.width - 2 * MARGIN;
  const line = (sentence: string, fill: string): HeadLine => ({
    content: fitted(sentence, LINE.size, width),
    ...LINE,
    fill,
    weight: 400,
  });
  const title = fitted(say(foreign(run.labels.runFile ?? run.labels.weights)), TITLE.size, width);
  const what = [
    ...(run.constructorLine === null ? [] : [foreign(run.constructorLine)]),
    sizesOf(run),
    ...(run.batchSize > 1 ? [text("batch {0}", request.batch)] : []),
    request.mode === "delta"
      ? measureText(request.deltaAs ?? "absolute", run.tolerance)
      : modeName(request.mode),
  ];
  return [
    { content: title, ...TITLE, fill: theme.ink, weight: 600 },
    line(what.map(say).join("  ·  "), theme.muted),
    ...verdictLines(run).map(({ sentence, isGood }) =>
      line(say(sentence), isGood ? theme.good : theme.error),
    ),
  ];
}

function verdictLines({
  verdicts,
}: RunView): { readonly sentence: Text; readonly isGood: boolean }[] {
  return verdicts.map((verdict) => {
    const isGood = passes(verdict);
    const sentence = isGood ? text("✓ {0}", verdict.sentence) : text("✗ {0}", verdict.sentence);
    return { sentence, isGood };
  });
}

function headMarkup(lines: readonly HeadLine[]): string {
  let y = MARGIN - 4;
  return lines
    .map(({ content, size, line, fill, weight }) => {
      const markup = label(MARGIN, y + line / 2, content, {
        "font-size": size,
        "font-weight": weight,
        fill,
      });
      y += line;
      return markup;
    })
    .join("");
}
