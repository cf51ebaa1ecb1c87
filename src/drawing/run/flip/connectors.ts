/**
 * The connectors of the flip picture: which strips are connected, and on which way.
 */
import {
  CHIP_HEIGHT,
  HEADING_HEIGHT,
  LOW_HEADING,
  MARGIN,
  type Connector,
  type StripBox,
  type StripId,
} from "./boxes";

const LINKS: readonly (readonly [StripId, StripId])[] = [
  ["x", "forward"],
  ["x", "flippedX"],
  ["flippedX", "reverse"],
  ["reverse", "flippedBack"],
  ["forward", "output"],
  ["flippedBack", "output"],
  ["reverse", "output"],
];

/** Chips without the name of a column below them. */
const BARE_CHIPS = 26;

/** `wide`: the strips stand side by side. */
export function connect(strips: readonly StripBox[], wide: boolean): readonly Connector[] {
  return LINKS.flatMap(([fromId, toId]) => {
    const from = strips.find((strip) => strip.id === fromId);
    const to = strips.find((strip) => strip.id === toId);
    if (from === undefined || to === undefined) return [];
    if (toId === "output" && !to.parts.some(({ source }) => source === fromId)) return [];
    const below = strips[strips.indexOf(from) + 1] === to;
    if (wide && from.x !== to.x) return [{ from: fromId, to: toId, points: across(from, to) }];
    const points = wide || below ? down(from, to) : around(from, to);
    return [{ from: fromId, to: toId, points }];
  });
}

/** From the right edge to the left edge; into `output`, to the half that it fills. */
function across(from: StripBox, to: StripBox): Connector["points"] {
  const part = to.parts.find(({ source }) => source === from.id);
  const target =
    part === undefined ? to.y + to.height / 2 : to.y + (part.row + part.rows / 2) * to.rowHeight;
  return [
    [from.x + from.width + 8, from.y + from.height / 2],
    [to.x - 8, target],
  ];
}

/** Straight down the left side, between the chips and the next heading's text. */
function down(from: StripBox, to: StripBox): Connector["points"] {
  const x = Math.max(from.x, to.x) + from.width / 2;
  // Below the chips of x nothing is named.
  const isInput = from.parts.every(({ values }) => values === "x");
  const bottom = from.y + from.height + (isInput ? BARE_CHIPS : CHIP_HEIGHT) + 2;
  const top = to.y - (to.id === "output" ? HEADING_HEIGHT : LOW_HEADING);
  return [
    [x, bottom],
    [x, Math.max(top, bottom + 12)],
  ];
}

/** Past the strips in between: x leaves on the left, the forward states on the right. */
function around(from: StripBox, to: StripBox): Connector["points"] {
  const onLeft = from.id === "x";
  const side = onLeft ? from.x - MARGIN - 4 : from.x + from.width + MARGIN;
  const start = onLeft ? from.x - 4 : from.x + from.width + 4;
  const end = onLeft ? to.x - 4 : to.x + to.width + 4;
  const fromY = from.y + from.height / 2;
  const toY = to.y + Math.min(to.height, to.rowHeight) / 2;
  return [
    [start, fromY],
    [side, fromY],
    [side, toY],
    [end, toY],
  ];
}
