/**
 * What was tried against a reference, ranked: the rows of a chart. No DOM.
 */
import { text, type Text } from "../../../core/text";
import type { DiagnosisView, FindingView } from "../../../protocol/run/diagnosisMessages";

export interface TriedRow {
  /** `unchanged` is the right forward. */
  readonly kind: "fits" | "unchanged" | "tried";
  /** Ids of the catalogue, two of a pair; none for the right forward. */
  readonly ids: readonly string[];
  readonly title: Text;
  /** Largest error; null where a shape differs. */
  readonly most: number | null;
  /** True where that is the error of all values but those that are off. */
  readonly isOfOthers: boolean;
}

/**
 * By their error, another shape last. What this run cannot tell from the right forward stands with it, in one row.
 */
export function triedRows(diagnosis: DiagnosisView): TriedRow[] {
  const { findings, cannotSee, tried, before } = diagnosis;
  const hidden = new Set(cannotSee.map(({ id }) => id));
  const single = new Set(findings.filter((one) => one.with.length === 0).map(({ id }) => id));
  const rows: TriedRow[] = [
    ...findings.map(findingRow),
    {
      ...{ kind: "unchanged", ids: [], title: text("nothing changed"), most: decoded(before) },
      isOfOthers: false,
    },
    ...tried
      .filter(({ id }) => !hidden.has(id) && !single.has(id))
      .map(({ id, title, most, fits }): TriedRow => ({
        kind: fits ? "fits" : "tried",
        ids: [id],
        title,
        most: decoded(most),
        isOfOthers: false,
      })),
  ];
  return rows.sort((left, right) => rank(left) - rank(right));
}

/** The first rows, with the right forward among them. */
export function firstRows(rows: readonly TriedRow[], count: number): readonly TriedRow[] {
  if (rows.length <= count) return rows;
  const first = rows.slice(0, count);
  const unchanged = rows.find(({ kind }) => kind === "unchanged");
  if (unchanged === undefined || first.includes(unchanged)) return first;
  return [...first.slice(0, -1), unchanged];
}

/** What leaves values that are no numbers in one row: one does not tell more than another. */
export function folded(rows: readonly TriedRow[]): readonly TriedRow[] {
  const isLost = ({ kind, most }: TriedRow): boolean =>
    kind === "tried" && most !== null && !Number.isFinite(most);
  const lost = rows.filter(isLost);
  const [first] = lost;
  if (first === undefined || lost.length === 1) return rows;
  const kept = rows.filter((row) => !isLost(row));
  const row = { ...first, ids: [], title: text("{0} others: not a number", lost.length) };
  // Other shapes come last.
  const shapes = kept.filter(({ most }) => most === null);
  return [...kept.slice(0, kept.length - shapes.length), row, ...shapes];
}

/** A pair by both of its titles. */
export function titleOf({ title, with: others }: Pick<FindingView, "title" | "with">): Text {
  return others.reduce((joined, other) => text("{0}, and {1}", joined, other.title), title);
}

function findingRow(finding: FindingView): TriedRow {
  const { id, with: others, after, parameter } = finding;
  const ids = [id, ...others.map((other) => other.id)];
  const isOfOthers = parameter?.kind === "values";
  return { kind: "fits", ids, title: titleOf(finding), most: decoded(after), isOfOthers };
}

function decoded(value: DiagnosisView["before"]): number | null {
  return value === null ? null : Number(value);
}

function rank({ kind, most }: TriedRow): number {
  if (kind === "fits") return -1;
  return most === null || Number.isNaN(most) ? Infinity : most;
}
