/**
 * How flipping a sequence back and forth gives a layer's output, as an SVG file: strips of cells, steps, connectors, and
 * where the entries of h_n are.
 */
import { foreign, text } from "../../core/text";
import type { RunView } from "../../protocol/run/messages";
import type { FlipRequest } from "../../protocol/run/pictureMessages";
import { colourScale, parseColour, type ColourScale } from "../base/colourScale";
import { escapeXml } from "../base/escapeXml";
import { domainsOf } from "../run/domains";
import {
  finalSentences,
  headingWithin,
  sideOf,
  sideSentences,
  stripHeadings,
  type StripHeading,
} from "../run/flip/headings";
import { finalColumns, namedColumns, type FinalColumns } from "../run/flip/finals";
import type { Connector, StripBox, StripPart } from "../run/flip/boxes";
import { chipsOf } from "../run/flip/chips";
import { stripLimit } from "../run/flip/limits";
import { planStrips, type Strips } from "../run/flip/plan";
import { sequenceLength } from "../run/sequenceLength";
import { cellsOf, columnRuns, showsDelta } from "../run/flip/values";
import { hatched } from "./lanesMarkup";
import { sizesOf } from "./names";
import type { PictureMeans, PictureValues } from "./scene";
import { DIGIT, element, fitted, group, label, MONO, path, rect, SANS, widthOf } from "./svg";
import { windowMarkup, type WindowStyle } from "./windowMarkup";

const MARGIN = 24;
const TITLE = { size: 15, line: 24 } as const;
const LINE = { size: 12, line: 19 } as const;
const HEADING = { above: 10, line: 17 } as const;
const CHIP_MIDDLE = 16;
const FINAL_BELOW = 38;
const FINAL_SIZE = 11;
const ARROW = { length: 7, half: 3.5 } as const;

interface FlipScene extends PictureMeans, FinalColumns {
  readonly request: FlipRequest;
  readonly strips: Strips;
  readonly length: number;
  readonly headings: Readonly<Record<StripBox["id"], StripHeading>>;
  readonly scaleOf: (part: StripPart) => ColourScale;
}

/** The SVG text of a layer of a run that has lanes. */
export function flipPicture(
  run: RunView,
  values: PictureValues,
  request: FlipRequest,
  means: PictureMeans,
): string {
  const { layer, batch, theme, width } = request;
  const room = { width: width - 2 * MARGIN, height: request.height };
  const strips = planStrips(run, request, room, (wanted) => values.window(wanted), request.mode);
  const length = sequenceLength(run, batch);
  const domains = domainsOf(run, "h", { stateRange: "auto" });
  const scale = (limit: number): ColourScale =>
    colourScale(theme.scheme, parseColour(theme.background), limit);
  const scaleOf: FlipScene["scaleOf"] = ({ values: of }) =>
    scale(stripLimit(domains, layer, of, showsDelta(strips.segments[of])));
  const scene: FlipScene = {
    ...{ ...means, request, strips, length },
    headings: stripHeadings(run, layer, length, strips.order),
    ...finalColumns(run.config, layer, length, strips.order),
    scaleOf,
  };
  const head = headOf(run, request, means);
  const foot = [
    ...(run.config === null ? [] : finalSentences(run.config, layer, length, strips.order)),
    ...sideSentences(run, request, domains.delta, strips),
  ].map(means.say);
  const top = MARGIN + TITLE.line + LINE.line;
  const below = top + strips.layout.height + LINE.line / 2;
  const wide = Math.max(width, strips.layout.width + 2 * MARGIN);
  const height = below + foot.length * LINE.line + MARGIN;
  return element(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", width: wide, height },
      viewBox: `0 0 ${wide} ${Math.round(height * 100) / 100}`,
      ...{ role: "img", "font-family": SANS, "font-size": LINE.size },
    },
    [
      `<title>${escapeXml([...head, ...foot].join(". "))}</title>`,
      rect({ x: 0, y: 0, width: wide, height }, { fill: theme.background }),
      label(MARGIN, MARGIN + 6, fitted(head[0], TITLE.size, wide - 2 * MARGIN), {
        ...{ "font-size": TITLE.size, "font-weight": 600, fill: theme.ink },
      }),
      label(MARGIN, MARGIN + TITLE.line + 4, fitted(head[1], LINE.size, wide - 2 * MARGIN), {
        fill: theme.muted,
      }),
      group({ transform: `translate(${MARGIN} ${top})` }, [
        ...strips.layout.connectors.map((connector) => connectorMarkup(scene, connector)),
        ...strips.layout.strips.map((strip) => stripMarkup(scene, strip)),
      ]),
      ...foot.map((line, at) =>
        label(MARGIN, below + at * LINE.line, fitted(line, LINE.size, wide - 2 * MARGIN), {
          fill: theme.ink,
        }),
      ),
    ].join("\n"),
  );
}

function headOf(
  run: RunView,
  { layer, batch }: FlipRequest,
  { say }: PictureMeans,
): readonly [string, string] {
  const what = [
    ...(run.constructorLine === null ? [] : [foreign(run.constructorLine)]),
    sizesOf(run),
    ...(run.batchSize > 1 ? [text("batch {0}", batch)] : []),
    text("layer {0}: flip, run, flip back, concat", layer),
  ];
  return [say(foreign(run.labels.runFile ?? run.labels.weights)), what.map(say).join("  ·  ")];
}

function connectorMarkup(
  { request: { theme }, strips }: FlipScene,
  { from, points }: Connector,
): string {
  const [tip = [0, 0], before = [0, 0]] = [points.at(-1), points.at(-2)];
  const length = Math.hypot(tip[0] - before[0], tip[1] - before[1]) || 1;
  const [dx, dy] = [(tip[0] - before[0]) / length, (tip[1] - before[1]) / length];
  const [x, y] = [tip[0] - dx * ARROW.length, tip[1] - dy * ARROW.length];
  const side = (sign: number): string =>
    [x - sign * ARROW.half * dy, y + sign * ARROW.half * dx].map((at) => at.toFixed(1)).join(" ");
  const line = points.map(([at, down], index) => `${index === 0 ? "M" : "L"}${at} ${down}`);
  return (
    path(line.join(""), { stroke: theme.muted, "stroke-width": 1.2 }) +
    element("path", { d: `M${tip[0]} ${tip[1]}L${side(1)}L${side(-1)}z`, fill: theme.muted }) +
    (from === "reverse" && strips.order === "unflipped"
      ? label(x, y, "✕", {
          ...{ "text-anchor": "middle", "font-size": 15, fill: theme.error },
        })
      : "")
  );
}

function stripMarkup(scene: FlipScene, strip: StripBox): string {
  const { headings, say, request } = scene;
  const { theme } = request;
  const room = headingRoom(scene, strip);
  const side = sideOf(strip, scene.strips);
  const heading = headings[strip.id];
  const fits = (written: string): boolean => widthOf(written, LINE.size) <= room;
  const { title, lines } = headingWithin(heading, side, say, fits);
  const top = -HEADING.above - lines.length * HEADING.line;
  return group({ transform: `translate(${strip.x} ${strip.y})` }, [
    label(0, top - 4, fitted(title, LINE.size, room), { "font-weight": 600, fill: theme.ink }),
    ...lines.map((line, at) =>
      label(0, top + HEADING.line * (at + 1) - 4, fitted(line, LINE.size, room), {
        ...{ "font-family": MONO, fill: theme.muted },
        ...(heading.isMissing === true && at === 0 ? { "text-decoration": "line-through" } : {}),
      }),
    ),
    rect({ x: 0, y: 0, width: strip.width, height: strip.height }, { fill: theme.quiet }),
    ...strip.parts.map((part) => partMarkup(scene, strip, part)),
    ...namedColumns(strip, scene, FINAL_SIZE * DIGIT, say).map(([at, name]) => {
      const middle = (strip.columnX[at] ?? 0) + scene.strips.layout.cellWidth / 2;
      return label(within(middle, name, strip.width), strip.height + FINAL_BELOW - 4, name, {
        ...{ "text-anchor": "middle", "font-family": MONO, "font-size": FINAL_SIZE },
        fill: theme.ink,
      });
    }),
    ...chipsOf(strip, scene.strips.layout.cellWidth, null).map(({ label: written, x }) =>
      label(x, strip.height + CHIP_MIDDLE, written, {
        ...{ "text-anchor": "middle", "font-size": 11, fill: theme.muted },
      }),
    ),
  ]);
}

/** Width above a strip up to the next one at its right. */
function headingRoom({ strips: { layout } }: FlipScene, strip: StripBox): number {
  const next = layout.strips.filter(({ x }) => x > strip.x).map(({ x }) => x);
  return Math.min(layout.width, ...next) - strip.x - 4;
}

function partMarkup(scene: FlipScene, strip: StripBox, part: StripPart): string {
  const { strips, length, request } = scene;
  const { cellWidth } = strips.layout;
  const y = part.row * strip.rowHeight;
  const height = part.rows * strip.rowHeight;
  const last = scene.last[part.values];
  const other = scene.lastOfReference[part.values];
  const columns = columnRuns(strip.columns).map(({ first, steps }) => {
    const at = { x: strip.columnX[first] ?? 0, y, width: steps.length * cellWidth, height };
    return windowMarkup(
      cellsOf(strips.pieces[part.values], part.rows, steps, length),
      at,
      styleOf(scene, part),
    );
  });
  const marks = strip.columns.flatMap((step, at) => {
    if (step === null) return [];
    const box = { x: strip.columnX[at] ?? 0, y, width: cellWidth, height };
    if (step >= length) return [hatched(box, request.theme.muted)];
    const frame = { fill: "none", stroke: request.theme.ink, "stroke-width": 2 };
    if (step === other) return [rect(box, { ...frame, "stroke-dasharray": "3 2" })];
    return step === last ? [rect(box, frame)] : [];
  });
  return columns.join("") + marks.join("");
}

/** The middle of a name that stays within the width of its strip. */
function within(middle: number, name: string, width: number): number {
  const half = (name.length * FINAL_SIZE * DIGIT) / 2;
  return Math.min(Math.max(middle, half), Math.max(half, width - half));
}

function styleOf({ request, encodePng, scaleOf, strips }: FlipScene, part: StripPart): WindowStyle {
  return {
    ...{ scale: scaleOf(part), theme: request.theme, encodePng },
    ...{
      isDelta: showsDelta(strips.segments[part.values]),
      isUlps: false,
      isExact: true,
      words: null,
    },
  };
}
