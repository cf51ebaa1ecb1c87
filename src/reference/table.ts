/**
 * Several references of one run at once: who agrees with whom, lane by lane, and who stands alone.
 */
import {
  allowedDifference,
  difference,
  isOutside,
  toleranceFor,
  type Tolerance,
} from "../analysis/compare";
import type { RunControl } from "../core/control";
import { text, type Text } from "../core/text";
import type { StateArray } from "../engine/base/engine";
import type { EngineId } from "./engine";

/** Who gives values: our run, the reference from files, an engine. */
export type Party = "run" | "file" | EngineId;

/** A lane: a state of one direction of one layer, or a result. */
export interface TableLane {
  /** `layer1.reverse.h`, `h_n`, … */
  readonly name: string;
  /** Values in each row. */
  readonly units: number;
  /** Whether row `row` is a step of a sequence, and not padding; every row when not given. */
  readonly isValid?: (row: number) => boolean;
  /** What rounding alone may move a value of the lane by. */
  readonly allowance: number;
  /** By the order of the parties; null for one that does not give it. */
  readonly of: readonly (StateArray | null)[];
}

/** A party's values of a lane. */
export interface TableCell {
  /** Those that agree with each other have the same number; the largest group is 0. */
  readonly group: number;
  /** Largest |value − the run's|; null where the run has none. */
  readonly maxAbs: number | null;
}

export interface AgreementRow {
  readonly name: string;
  /** By the order of the parties; null for one that does not give the lane. */
  readonly cells: readonly (TableCell | null)[];
  /** The one that differs where all others agree, of three or more; else null. */
  readonly alone: Party | null;
}

export interface AgreementTable {
  readonly parties: readonly Party[];
  readonly rows: readonly AgreementRow[];
  /** The sentences that follow: who stands alone, and where. */
  readonly sentences: readonly Text[];
}

/** Rows of values between two looks at whether to stop. */
const rowsPerLook = 2 ** 14;

/** Who agrees with whom. @throws CancelledError when `control` says so. */
export function agreementTable(
  parties: readonly Party[],
  lanes: readonly TableLane[],
  tolerance: Tolerance,
  {
    control,
    titleOf,
  }: { readonly control: RunControl; readonly titleOf: (of: Party) => Text | string },
): AgreementTable {
  const rows = lanes.map((lane, at) => {
    control.report(at / lanes.length, text("Comparing"));
    // States inside the layers are one result.
    const result = lane.name.startsWith("layer") ? "states" : lane.name;
    return rowOf(parties, lane, toleranceFor(tolerance, result), control);
  });
  return { parties, rows, sentences: sentencesOf(rows, titleOf) };
}

/** How far two are apart. */
interface Distance {
  readonly maxAbs: number;
  readonly agrees: boolean;
}

function rowOf(
  parties: readonly Party[],
  lane: TableLane,
  tolerance: Tolerance,
  control: RunControl,
): AgreementRow {
  const { of } = lane;
  const distances = of.map((left, a) =>
    of.map((right, b) =>
      left === null || right === null || b <= a
        ? null
        : distanceOf(left, right, lane, { tolerance, control }),
    ),
  );
  const agree = (a: number, b: number): boolean =>
    (distances[Math.min(a, b)]?.[Math.max(a, b)] ?? null)?.agrees === true;
  const present = of.flatMap((values, at) => (values === null ? [] : [at]));
  const groups = groupsOf(present, agree);
  const cells = of.map((values, at): TableCell | null => {
    if (values === null) return null;
    const group = groups.findIndex((members) => members.includes(at));
    const toRun = at === 0 ? 0 : (distances[0]?.[at]?.maxAbs ?? null);
    return { group, maxAbs: toRun };
  });
  const [largest = [], second = []] = groups;
  const isAlone = groups.length === 2 && second.length === 1 && largest.length >= 2;
  return { name: lane.name, cells, alone: isAlone ? (parties[second[0] ?? 0] ?? null) : null };
}

/** Those that agree with all others of their group, the largest group first. */
function groupsOf(
  present: readonly number[],
  agree: (a: number, b: number) => boolean,
): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (const at of present) {
    const own = groups.find((members) => members.every((member) => agree(member, at)));
    if (own === undefined) groups.push([at]);
    else own.push(at);
  }
  return groups.sort((left, right) => right.length - left.length);
}

function distanceOf(
  left: StateArray,
  right: StateArray,
  { units, isValid, allowance }: TableLane,
  { tolerance, control }: { readonly tolerance: Tolerance; readonly control: RunControl },
): Distance {
  if (left.length !== right.length) return { maxAbs: NaN, agrees: false };
  let maxAbs = 0;
  let agrees = true;
  const pair = { left, right, units };
  const rows = left.length / units;
  for (let row = 0; row < rows; row++) {
    if (row % rowsPerLook === 0) control.check();
    if (isValid?.(row) === false) continue;
    const found = rowDistance(pair, row, tolerance, allowance);
    // NaN is larger than any number here.
    if (!(found.maxAbs <= maxAbs)) maxAbs = Number.isNaN(maxAbs) ? maxAbs : found.maxAbs;
    if (!found.agrees) agrees = false;
  }
  return { maxAbs, agrees };
}

function rowDistance(
  { left, right, units }: Record<"left" | "right", StateArray> & { readonly units: number },
  row: number,
  tolerance: Tolerance,
  allowance: number,
): Distance {
  let maxAbs = 0;
  let agrees = true;
  for (let at = row * units; at < (row + 1) * units; at++) {
    const value = right[at] ?? NaN;
    const delta = difference(left[at] ?? NaN, value, tolerance.equalNan);
    const size = Math.abs(delta);
    if (!(size <= maxAbs)) maxAbs = Number.isNaN(maxAbs) ? maxAbs : size;
    if (isOutside(delta, allowedDifference(tolerance, value, allowance))) agrees = false;
  }
  return { maxAbs, agrees };
}

/** Lanes that a sentence names. */
const maxNamed = 4;

function sentencesOf(
  rows: readonly AgreementRow[],
  titleOf: (of: Party) => Text | string,
): readonly Text[] {
  const alone = new Map<Party, string[]>();
  for (const row of rows) {
    if (row.alone !== null) alone.set(row.alone, [...(alone.get(row.alone) ?? []), row.name]);
  }
  const accused = [...alone].map(([party, names]) => aloneIn(titleOf(party), names));
  const split = rows.filter((row) => row.alone === null && isSplit(row)).map(({ name }) => name);
  const divided =
    split.length === 0 ? [] : [text("in {0} no one stands alone: they disagree", listOf(split))];
  const all = [...accused, ...divided];
  return all.length === 0 ? [text("all agree in every lane")] : all;
}

function aloneIn(title: Text | string, names: readonly string[]): Text {
  return text("{0} stands alone in {1}", title, listOf(names));
}

function listOf(names: readonly string[]): Text | string {
  const shown = names.slice(0, maxNamed).join(", ");
  const more = names.length - maxNamed;
  return more > 0 ? text("{0} and {1} more", shown, more) : shown;
}

function isSplit({ cells }: AgreementRow): boolean {
  return cells.some((cell) => cell !== null && cell.group > 0);
}
