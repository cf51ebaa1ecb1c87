/**
 * Orders candidates so that the likely ones come first and are not cut off a short list.
 */
import type { TensorEntry } from "../../tensor/tensor";

/** The entries that the first judge takes, those of the second, …, then the others; each in the order of the file. */
export function fitsFirst(
  entries: readonly TensorEntry[],
  judges: readonly ((entry: TensorEntry) => boolean)[],
): readonly TensorEntry[] {
  const ranked = new Map<number, TensorEntry[]>();
  for (const entry of entries) {
    const found = judges.findIndex((fits) => fits(entry));
    const rank = found < 0 ? judges.length : found;
    const group = ranked.get(rank) ?? [];
    group.push(entry);
    ranked.set(rank, group);
  }
  return [...judges, null].flatMap((_, rank) => ranked.get(rank) ?? []);
}
