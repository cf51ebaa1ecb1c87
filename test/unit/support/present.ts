/** Values that a test knows to be there. */

/** The value; what is missing fails the test that asked for it. */
export function present<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined)
    throw new Error("a value that a test needs is missing");
  return value;
}
