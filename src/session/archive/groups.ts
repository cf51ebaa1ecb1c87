/**
 * Groups entries by the dots and slashes of their names, one level at a time, on demand.
 */
import type { TensorEntry } from "../../tensor/tensor";

/** Levels below this are shown as the ends of names. */
const maxLevels = 64;

/** Sorting in natural order takes some microseconds a name. */
const maxNaturallySorted = 20_000;

/** Entries whose names have a common prefix. */
export interface Group {
  /** The common prefix with its separator; unique in the tree. */
  readonly path: string;
  /** The part of `path` below the group around it, without its separator. */
  readonly label: string;
  readonly level: number;
  readonly entries: readonly TensorEntry[];
  readonly bytes: number;
}

/** A line below a group. */
export type Child =
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "entry"; readonly entry: TensorEntry; readonly label: string };

/** The group of all entries, which is no line itself. */
export function rootGroup(entries: readonly TensorEntry[]): Group {
  return { path: "", label: "", level: 0, entries, bytes: bytesOf(entries) };
}

/**
 * The lines below a group, in the order of the file or by name, numbers as numbers. A group that holds one line is
 * joined with it.
 */
export function childrenOf(group: Group, order: "file" | "name"): Child[] {
  const { path, level, entries } = group;
  const children: (Child | TensorEntry[])[] = [];
  // By the part of the names up to and including the next separator.
  const parts = new Map<string, TensorEntry[]>();
  for (const entry of entries) {
    const end = level < maxLevels ? separatorAfter(entry.name, path.length) : -1;
    if (end < 0) {
      children.push(entryBelow(entry, path));
      continue;
    }
    const key = entry.name.slice(path.length, end + 1);
    const part = parts.get(key);
    if (part !== undefined) {
      part.push(entry);
    } else {
      const first = [entry];
      parts.set(key, first);
      children.push(first);
    }
  }
  const lines = children.map((child) => (Array.isArray(child) ? groupBelow(child, group) : child));
  if (order === "name") sortByLabel(lines);
  return lines;
}

function groupBelow(part: readonly TensorEntry[], { path, level }: Group): Child {
  const [first] = part;
  const common = commonPath(part, path.length);
  if (first !== undefined && (part.length === 1 || common.length <= path.length)) {
    return entryBelow(first, path);
  }
  return {
    kind: "group",
    group: {
      path: common,
      label: common.slice(path.length, -1),
      level: level + 1,
      entries: part,
      bytes: bytesOf(part),
    },
  };
}

function entryBelow(entry: TensorEntry, path: string): Child {
  return { kind: "entry", entry, label: entry.name.slice(path.length) };
}

/** The longest beginning of all names that ends with a separator. */
function commonPath(entries: readonly TensorEntry[], from: number): string {
  const { name: first } = entries[0]!;
  let length = first.length;
  for (const { name } of entries) {
    let same = from;
    while (same < length && name.charCodeAt(same) === first.charCodeAt(same)) same += 1;
    length = same;
  }
  return first.slice(
    0,
    1 + Math.max(first.lastIndexOf(".", length - 1), first.lastIndexOf("/", length - 1)),
  );
}

/** A separator at the very start or end of what is left separates nothing. */
function separatorAfter(name: string, from: number): number {
  for (let at = from + 1; at < name.length - 1; at += 1) {
    if (name[at] === "." || name[at] === "/") return at;
  }
  return -1;
}

function bytesOf(entries: readonly TensorEntry[]): number {
  return entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

const collator = new Intl.Collator("en", { numeric: true });

function sortByLabel(children: Child[]): void {
  const labelOf = (child: Child): string =>
    child.kind === "group" ? child.group.label : child.label;
  if (children.length <= maxNaturallySorted) {
    children.sort((left, right) => collator.compare(labelOf(left), labelOf(right)));
  } else {
    children.sort((left, right) => (labelOf(left) < labelOf(right) ? -1 : 1));
  }
}
