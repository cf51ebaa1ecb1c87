/**
 * The last part of a path or address, by which sentences and labels name a file.
 */

/** The last part of a path or URI; of a URI decoded, without query and fragment. */
export function baseName(location: string): string {
  const isUri = /^[a-z][a-z0-9+.-]+:\//i.test(location);
  const path = isUri ? location.replace(/[?#].*$/s, "") : location;
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  try {
    return isUri ? decodeURIComponent(name) : name;
  } catch {
    return name;
  }
}
