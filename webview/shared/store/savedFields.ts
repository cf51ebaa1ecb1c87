/**
 * Reads a saved state; each invalid field falls back to its default.
 */

export type Fields = Readonly<Partial<Record<string, unknown>>>;

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

/** The fields of a state saved under this version; none of any other. */
export function fieldsOfVersion(value: unknown, version: number): Fields {
  const fields = fieldsOf(value);
  return fields["version"] === version ? fields : {};
}

/** A saved value that is among those there are, else the usual one. */
export function oneOf<Value>(values: readonly Value[], saved: unknown, usual: Value): Value {
  return values.find((value) => value === saved) ?? usual;
}
