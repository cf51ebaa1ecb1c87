/**
 * Finds the start of an HDF5 file: offset 0, or after a user block of 512 · 2^n bytes.
 *
 * Spec: HDF5 File Format Specification 3.0, "Disk Format: Level 0A".
 */

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const leastUserBlock = 512;

/** True where an HDF5 file begins within `head`, the first bytes of a file. */
export function looksLikeHdf5(head: Uint8Array): boolean {
  const isAt = (start: number): boolean =>
    signature.every((byte, index) => head[start + index] === byte);
  if (isAt(0)) return true;
  for (let start = leastUserBlock; start < head.length; start *= 2) if (isAt(start)) return true;
  return false;
}
