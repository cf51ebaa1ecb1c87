/**
 * Orders files by how near their folders are to that of another file. Files are locations: URIs as strings.
 */

/** Those of the same folder first, then those of the folders that take the fewest steps to reach; equals by their names. */
export function nearestFirst(locations: readonly string[], near: string): string[] {
  const home = foldersOf(near);
  return locations
    .map((location) => ({ location, steps: stepsBetween(home, foldersOf(location)) }))
    .sort((a, b) => a.steps - b.steps || (a.location < b.location ? -1 : 1))
    .map(({ location }) => location);
}

/** Scheme, authority and folders, from the outermost. */
function foldersOf(location: string): string[] {
  return location.split("/").slice(0, -1);
}

/** Folders that are left and entered on the way from one to the other. */
function stepsBetween(from: readonly string[], to: readonly string[]): number {
  const parting = from.findIndex((folder, index) => folder !== to[index]);
  const shared = parting < 0 ? from.length : parting;
  return from.length - shared + (to.length - shared);
}
