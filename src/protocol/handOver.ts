/**
 * Transfers the buffers of an answer to the other thread instead of copying them.
 */

/** The buffers of typed arrays among the fields of an answer that are theirs alone: a view of a larger one is copied. */
export function ownBuffers(answer: unknown): readonly ArrayBuffer[] {
  if (typeof answer !== "object" || answer === null) return [];
  const buffers = Object.values(answer).flatMap((value: unknown) => {
    if (!ArrayBuffer.isView(value)) return [];
    const { buffer, byteLength } = value;
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
  return [...new Set(buffers)];
}

/**
 * What `respond` hands over: of these methods, which make the arrays of each answer anew, and of no others. An answer
 * that shared an array with what is kept would empty that.
 */
export function handedOver(
  methods: readonly string[],
): (answer: unknown, method: string) => readonly ArrayBuffer[] {
  const fresh = new Set<string>(methods);
  return (answer, method) => (fresh.has(method) ? ownBuffers(answer) : []);
}
