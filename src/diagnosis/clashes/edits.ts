/**
 * A change of a run as the keys of its file that it sets or takes out.
 */
import { tensorPaths } from "../../run/spec/keys";
import { formatTensorRef, parseTensorRef, type RunSpec } from "../../run/spec/spec";

/** A key of a run file, and what it is to be. Without a value the key is taken out. */
export interface SpecEdit {
  readonly path: readonly string[];
  readonly value?: string | number | boolean | null;
}

/** The same edit with the name of a file in it passed through `map`. */
export function renamedEdit(edit: SpecEdit, map: (file: string) => string): SpecEdit {
  const { path, value } = edit;
  const key = path.join();
  if (typeof value !== "string") return edit;
  if (key === "weights,file") return { path, value: map(value) };
  if (!tensorPaths.some((each) => each.join() === key)) return edit;
  const { file, tensor } = parseTensorRef(value);
  return { path, value: formatTensorRef(map(file), tensor === "" ? undefined : tensor) };
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
