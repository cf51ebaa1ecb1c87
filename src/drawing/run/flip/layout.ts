/**
 * Geometry of the flip picture in pixels: where its strips of cells lie. No DOM.
 */
import { clamp } from "../../../core/numeric";
import { directionsOf, hasReverse, type Directed } from "../../../model/directions";
import { connect } from "./connectors";
import { flipped, mirrored, type StripColumn } from "./strips";
import {
  CHIP_HEIGHT,
  HEADING_HEIGHT,
  LOW_HEADING,
  MARGIN,
  type Connector,
  type StripBox,
  type StripId,
  type StripPart,
} from "./boxes";

export interface FlipLayout {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly strips: readonly StripBox[];
  readonly connectors: readonly Connector[];
}

export interface FlipContent extends Directed {
  readonly columns: readonly StripColumn[];
  readonly length: number;
  /** True where the reverse states stand in the order of processing, and are not flipped back. */
  readonly isUnflipped?: boolean;
  /** Rows shown of x and of one direction's states. */
  readonly inputRows: number;
  readonly stateRows: number;
}

/** Cells get lower when there are many of them: [rows, pixels]. */
const ROW_HEIGHTS = [
  [4, 40],
  [8, 27],
] as const;
const LOWEST_ROW = 17;
/** Rows are lower where the height asks for it, and show several units each where it asks for more. */
const LEAST_ROW = 3;
const LEAST_ROWS = 8;
/** Smallest cell that a number is read in. */
export const NUMBER_CELL = { width: 30, height: 13 } as const;
/** Room for the rows of a strip where strips stand below each other: the picture scrolls. */
const STACKED_ROOM = 120;
export const GAP_WIDTH = 16;
/** Narrowest cell that holds `-0.18`. */
const MIN_CELL = 36;
const MAX_CELL = 90;
/** Narrowest cell without a number; where that shows every step, cells get narrower still. */
const LEAST_CELL = 8;
const LEAST_OF_ALL = 3;
/** Narrowest strip that its heading, cut, says something above. */
const MIN_STRIP = 90;
/** A strip that its heading has room above. */
const HEADED_STRIP = 200;
const GUTTERS = { wide: 52, narrow: 18 } as const;
/** A view that is narrower than this has narrow gutters. */
const ROOMY = 900;
const STACK_GAP = 8;

/** The strips that a module's picture has, in the order in which they are read. */
function stripIds(directed: Directed): readonly StripId[] {
  if (directed.bidirectional) {
    return ["x", "forward", "flippedX", "reverse", "flippedBack", "output"];
  }
  // The output of a reverse direction alone is its states flipped back.
  return hasReverse(directed) ? ["x", "flippedX", "reverse", "output"] : ["x", "forward", "output"];
}

/** Strips side by side: with both directions some stand below each other. */
function stripsAcross(directed: Directed): number {
  return directed.bidirectional ? 4 : stripIds(directed).length;
}

/** True when the strips stand side by side as in a drawing, false when they are stacked. */
function isWide(width: number, directed: Directed): boolean {
  const across = stripsAcross(directed);
  return width >= across * MIN_STRIP + (across - 1) * gutterOf(width) + 2 * MARGIN;
}

function gutterOf(width: number): number {
  return width < ROOMY ? GUTTERS.narrow : GUTTERS.wide;
}

function stripRoom(width: number, directed: Directed): number {
  if (!isWide(width, directed)) return width - 4 * MARGIN;
  const across = stripsAcross(directed);
  return (width - 2 * MARGIN - (across - 1) * gutterOf(width)) / across;
}

/** Steps are left out before and behind those around the cursor, and a gap is wider than a cell. */
const GAPS_WIDTH = 2 * (GAP_WIDTH - LEAST_CELL);

/**
 * Columns that a strip can show in a view of this width, gaps counted as if they were cells: with numbers where all
 * steps have room for them, else as colours.
 */
export function columnsThatFit(width: number, directed: Directed, seqLength = Infinity): number {
  const room = stripRoom(width, directed);
  const withNumbers = Math.max(5, Math.floor(room / MIN_CELL));
  if (seqLength <= withNumbers) return withNumbers;
  if (seqLength * LEAST_OF_ALL <= room) return seqLength;
  return Math.max(5, Math.floor((room - GAPS_WIDTH) / LEAST_CELL));
}

/** Height of the rows of one strip in a view of this size. */
function rowRoom(width: number, height: number, directed: Directed): number {
  if (!isWide(width, directed)) return STACKED_ROOM;
  if (!directed.bidirectional) return height - HEADING_HEIGHT - CHIP_HEIGHT - MARGIN;
  return (height - 2 * (LOW_HEADING + CHIP_HEIGHT) - STACK_GAP - MARGIN) / 2;
}

/** Rows that a strip has room for in a view of this size. */
export function rowsThatFit(width: number, height: number, directed: Directed): number {
  return Math.max(LEAST_ROWS, Math.floor(rowRoom(width, height, directed) / LEAST_ROW));
}

/** Places every strip and connector in a view of a size; rows shrink into its height. */
export function layoutFlip(content: FlipContent, width: number, height = Infinity): FlipLayout {
  const gaps = content.columns.filter((step) => step === null).length;
  const cells = Math.max(1, content.columns.length - gaps);
  const room = stripRoom(width, content) - gaps * GAP_WIDTH;
  const least = gaps === 0 ? LEAST_OF_ALL : LEAST_CELL;
  const cellWidth = clamp(Math.floor(room / cells), least, MAX_CELL);
  const make = stripMaker(
    content,
    cellWidth,
    rowHeightsOf(content, rowRoom(width, height, content)),
  );
  const strips = isWide(width, content)
    ? sideBySide(content, make, gutterOf(width))
    : stacked(content, make);
  const right = Math.max(...strips.map((strip) => strip.x + strip.width));
  const bottom = Math.max(...strips.map((strip) => strip.y + strip.height));
  return {
    width: Math.max(right + MARGIN, Math.min(width, right + HEADED_STRIP)),
    height: bottom + CHIP_HEIGHT + MARGIN,
    cellWidth,
    strips,
    connectors: connect(strips, isWide(width, content)),
  };
}

type StripMaker = (id: StripId, x: number, y: number) => StripBox;

function stripMaker(content: FlipContent, cellWidth: number, heights: RowHeights): StripMaker {
  const backwards = flipped(content.columns, content.length);
  return (id, x, y) => {
    const rowHeight = id === "x" || id === "flippedX" ? heights.input : heights.state;
    const isBackwards = id === "flippedX" || id === "reverse";
    const own = content.isUnflipped === true ? unflipped(id, content) : null;
    const { columns, ...others } = own ?? { columns: isBackwards ? backwards : content.columns };
    const columnX: number[] = [];
    let width = 0;
    for (const step of columns) {
      columnX.push(width);
      width += step === null ? GAP_WIDTH : cellWidth;
    }
    const parts = partsOf(id, content);
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    return {
      ...{ id, x, y, width, height: rows * rowHeight, rowHeight, columns, columnX, parts },
      ...others,
    };
  };
}

/** States that are not flipped back stand in the order of processing, and the input of each where that does. */
function unflipped(
  id: StripId,
  { columns, length }: FlipContent,
): Pick<StripBox, "columns" | "processed" | "belongs"> | null {
  const mirror = columns.map((step) => mirrored(step, length));
  if (id === "reverse") return { columns, processed: mirror };
  return id === "flippedX" ? { columns: mirror, belongs: columns } : null;
}

interface RowHeights {
  readonly input: number;
  readonly state: number;
}

/** Rows of the input and of states are alike where all of them have room, else each as high as there is room for. */
function rowHeightsOf({ inputRows, stateRows }: FlipContent, room: number): RowHeights {
  const most = Math.max(inputRows, stateRows);
  const usual = ROW_HEIGHTS.find(([rows]) => most <= rows)?.[1] ?? LOWEST_ROW;
  const fit = (rows: number): number =>
    clamp(Math.floor(room / Math.max(1, rows)), LEAST_ROW, usual);
  return { input: fit(inputRows), state: fit(stateRows) };
}

function partsOf(id: StripId, content: FlipContent): readonly StripPart[] {
  const { inputRows, stateRows: rows } = content;
  switch (id) {
    case "x":
      return [{ values: "x", row: 0, rows: inputRows, source: null }];
    case "flippedX":
      return [{ values: "x", row: 0, rows: inputRows, source: "x" }];
    case "forward":
      return [{ values: "forward", row: 0, rows, source: null }];
    case "reverse":
      return [{ values: "reverse", row: 0, rows, source: null }];
    case "flippedBack":
      return [{ values: "reverse", row: 0, rows, source: "reverse" }];
    case "output":
      return directionsOf(content).map((values, index) => ({
        values,
        row: index * rows,
        rows,
        source: values === "forward" || !content.bidirectional ? values : "flippedBack",
      }));
  }
}

function sideBySide(content: FlipContent, make: StripMaker, gutter: number): readonly StripBox[] {
  const inputHeight = make("x", 0, 0).height;
  const stateHeight = make("forward", 0, 0).height;
  // Where there is room the headings have it, too.
  const least = gutter === GUTTERS.wide ? HEADED_STRIP - GUTTERS.wide : MIN_STRIP;
  const stride = Math.max(make("x", 0, 0).width, least) + gutter;
  const left = MARGIN;
  const bandHeight = Math.max(inputHeight, stateHeight);
  const top = content.bidirectional ? LOW_HEADING : HEADING_HEIGHT;
  const centred = (height: number): number => Math.floor((bandHeight - height) / 2);
  if (!content.bidirectional) {
    return stripIds(content).map((id, index) => {
      const height = id === "x" || id === "flippedX" ? inputHeight : stateHeight;
      return make(id, left + index * stride, top + centred(height));
    });
  }
  const bottom = top + bandHeight + CHIP_HEIGHT + LOW_HEADING + STACK_GAP;
  const middle = (top + bottom + bandHeight) / 2 - stateHeight;
  return [
    make("x", left, top + centred(inputHeight)),
    make("flippedX", left, bottom + centred(inputHeight)),
    make("reverse", left + stride, bottom + centred(stateHeight)),
    make("forward", left + 2 * stride, top + centred(stateHeight)),
    make("flippedBack", left + 2 * stride, bottom + centred(stateHeight)),
    make("output", left + 3 * stride, middle),
  ];
}

function stacked(content: FlipContent, make: StripMaker): readonly StripBox[] {
  let y = HEADING_HEIGHT;
  return stripIds(content).map((id) => {
    const strip = make(id, 2 * MARGIN, y);
    y += strip.height + CHIP_HEIGHT + STACK_GAP + HEADING_HEIGHT;
    return strip;
  });
}
