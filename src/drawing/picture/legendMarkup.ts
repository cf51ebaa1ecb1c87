/**
 * The foot of a picture: scales of the colours, and what the marks mean.
 */
import { text } from "../../core/text";
import { TABLE_SIZE } from "../base/colourScale";
import { stateLimits } from "../run/domains";
import { hatched, scaleOf } from "./lanesMarkup";
import type { PictureScene } from "./scene";
import { label, rect, rgb, widthOf } from "./svg";

const SIZE = 11;
const BAR = { width: 96, height: 9, parts: 48 } as const;
const GAP = 8;
const BETWEEN = 24;
const LINE = 20;

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
  /** True where values lie beyond the ends. */
  readonly isCut: boolean;
}

/** A scale for each range that is in the picture. */
function barsOf({ domains, request, run, view }: PictureScene): Bar[] {
  const { mode, stateName } = request;
  const bar = (name: string, limit: number, largest = 0): Bar => ({
    name,
    limit,
    isCut: largest > limit,
  });
  const isDelta = mode === "delta";
  const bars = isDelta
    ? [bar("Δ", domains.delta)]
    : [bar(stateName, domains.layers, stateLimits(run, stateName).largest)];
  if (!isDelta && domains.states !== domains.layers) {
    bars.push(bar("h", domains.states, stateLimits(run, "h").largest));
  }
  const has = (id: string): boolean => view.lanes.some((lane) => lane.id === id);
  const isShared = (limit: number): boolean => bars.some((each) => each.limit === limit);
  if (!isDelta && has("logits") && !isShared(domains.logits))
    bars.push(bar("logits", domains.logits));
  const input = view.lanes.find(({ id }) => id === "input");
  const hasInput = input !== undefined && (!isDelta || input.reference === "none");
  if (hasInput && !isShared(domains.input)) bars.push(bar("x", domains.input));
  return bars;
}

function barEntry(scene: PictureScene, { name, limit, isCut }: Bar): Entry {
  const { theme } = scene;
  const [low, high] = [`${isCut ? "≤ " : ""}−${limit}`, `${isCut ? "≥ " : ""}+${limit}`];
  const [wideName, wideLow, wideHigh] = [name, low, high].map((each) => widthOf(each, SIZE));
  const start = (wideName ?? 0) + GAP + (wideLow ?? 0) + GAP;
  const { table } = scaleOf(scene, limit);
  const part = BAR.width / BAR.parts;
  return {
    width: start + BAR.width + GAP + (wideHigh ?? 0),
    draw: (x, y) => {
      const parts = Array.from({ length: BAR.parts }, (_, index) => {
        const at = 3 * Math.round((index / (BAR.parts - 1)) * (TABLE_SIZE - 1));
        const [red = 0, green = 0, blue = 0] = table.subarray(at, at + 3);
        // A little wider than its place, so that no seam shows between two.
        const box = {
          x: x + start + index * part,
          y: y - BAR.height / 2,
          width: part + 0.5,
          height: BAR.height,
        };
        return rect(box, { fill: rgb([red, green, blue]) });
      });
      const quiet = { "font-size": SIZE, fill: theme.muted };
      return [
        label(x, y, name, { "font-size": SIZE, "font-weight": 600, fill: theme.ink }),
        label(x + start - GAP, y, low, { ...quiet, "text-anchor": "end" }),
        ...parts,
        label(x + start + BAR.width + GAP, y, high, quiet),
      ].join("");
    },
  };
}

function swatch(
  { theme }: PictureScene,
  name: string,
  draw: (x: number, y: number) => string,
): Entry {
  return {
    width: 18 + widthOf(name, SIZE),
    draw: (x, y) => draw(x, y) + label(x + 18, y, name, { "font-size": SIZE, fill: theme.muted }),
  };
}
