/**
 * The foot of a picture: scales of the colours, and what the marks mean.
 */
import { text } from "../../core/text";
import { colourOf } from "../base/colourScale";
import {
  distributionOf,
  legendAxis,
  valueOnAxis,
  type LegendAxis,
} from "../run/charts/distribution";
import { limitText, measureName } from "../run/measures";
import { ownInputLimit, stateLimits } from "../run/domains";
import { scaleName } from "../run/scaleName";
import { hatched, scaleOf } from "./lanesMarkup";
import { chaoticText } from "../run/verdict/chaosTexts";
import type { PictureScene } from "./scene";
import { group, label, rect, rgb, widthOf } from "./svg";

const SIZE = 11;
const BAR = { width: 128, height: 9, parts: 64 } as const;
/** Height of the bars of the distribution above the colours. */
const BARS_HEIGHT = 14;
const GAP = 8;
const BETWEEN = 24;
const LINE = 32;

/** A part of the legend: what it draws from a left edge on. */
interface Entry {
  readonly width: number;
  readonly draw: (x: number, y: number) => string;
}

export interface Legend {
  readonly height: number;
  readonly markup: (top: number) => string;
}

/** The legend in as many lines as the width of the picture asks for. */
export function legendOf(scene: PictureScene): Legend {
  const { layout } = scene;
  const left = layout.plotLeft;
  const placed: { readonly entry: Entry; readonly x: number; readonly line: number }[] = [];
  let [x, line] = [left, 0];
  for (const entry of entriesOf(scene)) {
    if (x > left && x + entry.width > layout.width) [x, line] = [left, line + 1];
    placed.push({ entry, x, line });
    x += entry.width + BETWEEN;
  }
  return {
    height: (line + 1) * LINE,
    markup: (top) =>
      placed.map((each) => each.entry.draw(each.x, top + (each.line + 0.5) * LINE)).join(""),
  };
}

function entriesOf(scene: PictureScene): Entry[] {
  const { request, view, say, theme } = scene;
  const entries = barsOf(scene).map((bar) => barEntry(scene, bar));
  if (request.mode === "delta") {
    entries.push(
      swatch(scene, say(text("outside tolerance")), (x, y) =>
        rect(
          { x: x + 1, y: y - 5, width: 10, height: 10 },
          { fill: "none", stroke: theme.error, "stroke-width": 1.5 },
        ),
      ),
    );
  }
  const chaotic = request.mode === "delta" ? chaoticText(view) : null;
  if (chaotic !== null) entries.push(words(scene, say(chaotic)));
  if (view.lengths?.some((length) => length < view.seqLength) === true) {
    entries.push(
      swatch(scene, say(text("padding")), (x, y) => {
        const at = { x, y: y - 5, width: 12, height: 10 };
        return rect(at, { fill: theme.quiet }) + hatched(at, theme.muted);
      }),
    );
  }
  return entries;
}

interface Bar {
  readonly name: string;
  readonly limit: number;
  /** The largest magnitude of its values. */
  readonly largest: number;
  /** True for the values of the layers, whose distribution is shown. */
  readonly isOfLayers: boolean;
  /** In the place of the limits. */
  readonly ends?: readonly [string, string];
}

/** A scale for each range that is in the picture. */
function barsOf(scene: PictureScene): Bar[] {
  const { domains, request, run, view } = scene;
  const { mode, stateName } = request;
  const bar = (name: string, limit: number, largest = limit): Bar => ({
    name,
    limit,
    largest,
    isOfLayers: false,
  });
  const isDelta = mode === "delta";
  const named = (name: string, limit: number, largest?: number): Bar =>
    bar(scaleName(name, limit, view.lanes, domains), limit, largest);
  const own: Bar = isDelta
    ? bar(measureName(request.deltaAs ?? "absolute"), domains.delta, domains.largestDelta)
    : named(stateName, domains.layers, stateLimits(run, stateName).largest);
  const ends = isDelta ? {} : laneEnds(scene);
  const bars: Bar[] = [{ ...own, isOfLayers: true, ...ends }];
  if (!isDelta && domains.states !== domains.layers) {
    bars.push(named("h", domains.states, stateLimits(run, "h").largest));
  }
  const isShared = (limit: number): boolean => bars.some((each) => each.limit === limit);
  const [hasInput, hasLogits] = ["input", "logits"].map((id) => isInOwnColours(view, id, isDelta));
  if (hasLogits && !isShared(domains.logits))
    bars.push(isDelta ? bar("logits", domains.logits) : named("logits", domains.logits));
  const input = ownInputLimit(
    domains,
    bars.map(({ limit }) => limit),
  );
  if (hasInput && input !== null) bars.push(bar("x", input));
  return bars;
}

/** True for a lane in the colours of its values, which in Δ are those without a reference. */
function isInOwnColours({ lanes }: PictureScene["view"], id: string, isDelta: boolean): boolean {
  const lane = lanes.find((each) => each.id === id);
  return lane !== undefined && (!isDelta || lane.reference === "none");
}

/** Where each lane has a range of its own, the least and the largest of them. */
function laneEnds({ domains, layout, say }: PictureScene): Pick<Bar, "ends"> {
  const limits = layout.boxes.flatMap(({ info }) =>
    info.layer === null ? [] : (domains.own[info.id] ?? []),
  );
  if (limits.length === 0) return {};
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  const ends = least === most ? String(least) : `(${least} … ${most})`;
  return { ends: [say(text("each lane −{0}", ends)), `+${ends}`] };
}

function barEntry(scene: PictureScene, bar: Bar): Entry {
  const { theme } = scene;
  const { name, limit, largest } = bar;
  const isCut = largest > limit;
  const [low, high] = bar.ends ?? [
    `${isCut ? "≤ " : ""}−${limitText(limit)}`,
    `${isCut ? "≥ " : ""}+${limitText(limit)}`,
  ];
  const [wideName, wideLow, wideHigh] = [name, low, high].map((each) => widthOf(each, SIZE));
  const start = (wideName ?? 0) + GAP + (wideLow ?? 0) + GAP;
  const scale = scaleOf(scene, limit);
  const curve = scale.curve ?? "linear";
  const axis = isCut ? legendAxis(limit, largest, curve) : { extent: limit, curve };
  const part = BAR.width / BAR.parts;
  return {
    width: start + BAR.width + GAP + (wideHigh ?? 0),
    draw: (x, y) => {
      const parts = Array.from({ length: BAR.parts }, (_, index) => {
        const value = valueOnAxis(axis, (index + 0.5) / BAR.parts);
        // A little wider than its place, so that no seam shows between two.
        const box = {
          x: x + start + index * part,
          y: y - BAR.height / 2,
          width: part + 0.5,
          height: BAR.height,
        };
        return rect(box, { fill: rgb(colourOf(scale, value)) });
      });
      const quiet = { "font-size": SIZE, fill: theme.muted };
      return [
        label(x, y, name, { "font-size": SIZE, "font-weight": 600, fill: theme.ink }),
        label(x + start - GAP, y, low, { ...quiet, "text-anchor": "end" }),
        bar.isOfLayers ? barsMarkup(scene, axis, limit, { x: x + start, y }) : "",
        ...parts,
        label(x + start + BAR.width + GAP, y, high, quiet),
      ].join("");
    },
  };
}

/** How the values that are drawn are distributed, above the colours. */
function barsMarkup(
  { drawn, theme }: PictureScene,
  axis: LegendAxis,
  limit: number,
  at: { readonly x: number; readonly y: number },
): string {
  const { bars } = distributionOf(drawn, axis, limit);
  const width = BAR.width / bars.length;
  const foot = at.y - BAR.height / 2 - 1;
  const boxes = bars.map((share, index) => {
    // A single value is seen beside thousands.
    const height = share === 0 ? 0 : Math.max(1, Math.sqrt(share) * BARS_HEIGHT);
    return height === 0
      ? ""
      : rect({ x: at.x + index * width, y: foot - height, width: width - 0.3, height });
  });
  return group({ fill: theme.muted }, boxes);
}

function swatch(scene: PictureScene, name: string, draw: (x: number, y: number) => string): Entry {
  const line = words(scene, name);
  return { width: 18 + line.width, draw: (x, y) => draw(x, y) + line.draw(x + 18, y) };
}

function words({ theme }: PictureScene, line: string): Entry {
  return {
    width: widthOf(line, SIZE),
    draw: (x, y) => label(x, y, line, { "font-size": SIZE, fill: theme.muted }),
  };
}
