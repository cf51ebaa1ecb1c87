/** What sentences and labels call a file. */

/** The last part of a path or URI, decoded in a URI. */
export function baseName(location: string): string {
  const name = location.slice(Math.max(location.lastIndexOf("/"), location.lastIndexOf("\\")) + 1);
  try {
    return /^[a-z][a-z0-9+.-]+:\/\//i.test(location) ? decodeURIComponent(name) : name;
  } catch {
    return name;
  }
}
