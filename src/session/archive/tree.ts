/**
 * The tree of an archive's entries as a list of lines: modules first, then groups.
 */
import type { TreePage, TreeRequest, TreeRow } from "../../protocol/archive/messages";
import type { TensorEntry } from "../../tensor/tensor";
import { childrenOf, rootGroup, type Child, type Group } from "./groups";
import { matches, parseQuery } from "./treeQuery";

/** A module and its entries, in its own order. */
export interface TreeModule {
  readonly prefix: string;
  readonly entries: readonly TensorEntry[];
}

/** A line that is made into a row when it is looked at. */
type Line =
  | {
      readonly kind: "module";
      readonly module: number;
      readonly path: string;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "group";
      readonly group: Group;
      readonly depth: number;
      readonly isOpen: boolean;
    }
  | {
      readonly kind: "entry";
      readonly entry: TensorEntry;
      readonly label: string;
      readonly depth: number;
    };

/** Keeps the lines of the last request: scrolling asks for windows of the same ones. */
export class Tree {
  readonly #modules: readonly TreeModule[];
  readonly #entries: readonly TensorEntry[];
  readonly #order: "file" | "name";
  readonly #root: Group;
  readonly #children = new Map<Group, readonly Child[]>();
  #lowerCase: readonly string[] | undefined;
  #shown: { readonly key: string; readonly lines: readonly Line[] } | undefined;

  /** `order` is that of groups and of the entries in them. */
  constructor(
    modules: readonly TreeModule[],
    entries: readonly TensorEntry[],
    order: "file" | "name",
  ) {
    this.#modules = modules;
    this.#entries = entries;
    this.#order = order;
    const taken = new Set(modules.flatMap((module) => module.entries));
    this.#root = rootGroup(entries.filter((entry) => !taken.has(entry)));
  }

  /** The lines from `start` on, as many as there are of `count`. */
  page({ query, open, start, count }: TreeRequest): TreePage {
    const key = JSON.stringify([query, open]);
    if (this.#shown?.key !== key) {
      this.#shown = { key, lines: query.trim() === "" ? this.#open(open) : this.#find(query) };
    }
    const { lines } = this.#shown;
    const from = Math.max(0, Math.floor(start));
    const rows = lines.slice(from, from + Math.max(0, Math.floor(count))).map(rowOf);
    return { total: lines.length, rows };
  }

  #open(paths: readonly string[]): Line[] {
    const open = new Set(paths);
    const lines: Line[] = [];
    this.#modules.forEach(({ prefix, entries }, module) => {
      const path = `module:${prefix}`;
      const isOpen = open.has(path);
      lines.push({ kind: "module", module, path, isOpen });
      if (!isOpen) return;
      for (const entry of entries) {
        lines.push({ kind: "entry", entry, label: entry.name.slice(prefix.length), depth: 1 });
      }
    });
    this.#addBelow(this.#root, 0, open, lines);
    return lines;
  }

  #addBelow(group: Group, depth: number, open: ReadonlySet<string>, lines: Line[]): void {
    for (const child of this.#childrenOf(group)) {
      if (child.kind === "entry") {
        const { entry, label } = child;
        lines.push({ kind: "entry", entry, label, depth });
      } else {
        const isOpen = open.has(child.group.path);
        lines.push({ kind: "group", group: child.group, depth, isOpen });
        if (isOpen) this.#addBelow(child.group, depth + 1, open, lines);
      }
    }
  }

  #childrenOf(group: Group): readonly Child[] {
    const known = this.#children.get(group);
    if (known !== undefined) return known;
    const children = childrenOf(group, this.#order);
    this.#children.set(group, children);
    return children;
  }

  #find(query: string): Line[] {
    const terms = parseQuery(query);
    const names = (this.#lowerCase ??= this.#entries.map(({ name }) => name.toLowerCase()));
    return this.#entries
      .filter((entry, index) => matches(terms, names[index]!, entry))
      .map((entry) => ({ kind: "entry", entry, label: entry.name, depth: 0 }));
  }
}

function rowOf(line: Line): TreeRow {
  switch (line.kind) {
    case "module":
      return { ...line, depth: 0 };
    case "group": {
      const { path, label, entries, bytes } = line.group;
      const { depth, isOpen } = line;
      return { kind: "group", path, label, depth, entries: entries.length, bytes, isOpen };
    }
    case "entry": {
      const { name, dtype, shape, byteLength, origin = null } = line.entry;
      const { label, depth } = line;
      return { kind: "entry", name, label, depth, dtype, shape, bytes: byteLength, origin };
    }
  }
}
