/**
 * Transfers the buffers of an answer to the other thread instead of copying them.
 */

/** The buffers of typed arrays in an answer, at any depth, that are theirs alone: a view of a larger one is copied. */
export function ownBuffers(answer: unknown): readonly ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(answer, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (typeof value !== "object" || value === null) return;
  if (!ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) collect(part, found);
    return;
  }
  const { buffer, byteLength } = value;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
}

/**
 * The methods whose answers are transferred: they create new arrays for each answer. Transferring an array that is also
 * kept elsewhere would empty it there.
 */
export function handedOver(
  methods: readonly string[],
): (answer: unknown, method: string) => readonly ArrayBuffer[] {
  const fresh = new Set<string>(methods);
  return (answer, method) => (fresh.has(method) ? ownBuffers(answer) : []);
}
