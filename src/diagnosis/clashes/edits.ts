/**
 * A change of a run as the keys of its file that it sets or takes out.
 */
import type { RunSpec } from "../../run/spec/spec";

/** A key of a run file, and what it is to be. Without a value the key is taken out. */
export interface SpecEdit {
  readonly path: readonly string[];
  readonly value?: string | number | boolean | null;
}

type Tree = Record<string, unknown>;

/** The run with keys set and taken out; objects that are empty then go with them. */
export function applyEdits(spec: RunSpec, edits: readonly SpecEdit[]): RunSpec {
  const changed = structuredClone(spec) as unknown as Tree;
  for (const { path, value } of edits) {
    const [first = "", second] = path;
    if (second === undefined) setKey(changed, first, value);
    else {
      const inner = { ...((changed[first] ?? {}) as Tree) };
      setKey(inner, second, value);
      setKey(changed, first, Object.keys(inner).length === 0 ? undefined : inner);
    }
  }
  return changed as unknown as RunSpec;
}

function setKey(tree: Tree, key: string, value: unknown): void {
  if (value === undefined) Reflect.deleteProperty(tree, key);
  else tree[key] = value;
}
