/**
 * Many short reads of a file, which are mostly waiting.
 */

/** Reads under way at a time. */
const batch = 16;

/** What `read` gives for each part, in the order of the parts. */
export async function readInBatches<Part, Result>(
  parts: readonly Part[],
  read: (part: Part) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < parts.length; first += batch) {
    results.push(...(await Promise.all(parts.slice(first, first + batch).map(read))));
  }
  return results;
}
