/**
 * The parts of a file in which one module is looked for: each prefix of names, and the whole of a small file.
 */
import type { TensorEntry } from "../../../tensor/tensor";

/** A module of 16 layers with a tensor for each gate has as many tensors; larger pools are models, not modules. */
const maxPool = 160;
/** Pools that are looked at. */
const maxPools = 96;
/** Levels of names. */
const maxDepth = 8;

/** Entries under a prefix. */
export interface Pool {
  readonly prefix: string;
  readonly entries: readonly TensorEntry[];
}

/** The pools of a file in its order, and how many were left out. */
export function poolsOf(entries: readonly TensorEntry[]): {
  readonly pools: readonly Pool[];
  readonly leftOut: number;
} {
  const byPrefix = new Map<string, TensorEntry[]>();
  for (const entry of entries) {
    for (const prefix of prefixesOf(entry.name)) {
      const pool = byPrefix.get(prefix) ?? [];
      // One more than is looked at tells that it is too large.
      if (pool.length <= maxPool) pool.push(entry);
      byPrefix.set(prefix, pool);
    }
  }
  const seen = new Set<string>();
  const pools = [...byPrefix].flatMap(([prefix, held]): Pool[] => {
    const [first] = held;
    // The same tensors under a longer prefix are the same pool.
    const key = `${first?.name ?? ""} ${held.length}`;
    if (held.length < 2 || held.length > maxPool || seen.has(key)) return [];
    seen.add(key);
    return [{ prefix, entries: held }];
  });
  return { pools: pools.slice(0, maxPools), leftOut: Math.max(0, pools.length - maxPools) };
}

/** "" and every part of a name up to a separator. */
function prefixesOf(name: string): string[] {
  const prefixes = [""];
  for (const { index } of name.slice(0, 512).matchAll(/[./]/g)) {
    if (prefixes.length > maxDepth) break;
    prefixes.push(name.slice(0, index + 1));
  }
  return prefixes;
}
