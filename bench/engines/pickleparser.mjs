/** The pickle parser of npm on the first member of a .pt file, data.pkl, which torch.save stores as it is. */
import { closeSync, openSync, readSync } from "node:fs";
import { Parser } from "pickleparser";

const LOCAL_HEADER_BYTES = 30;

/** More than the data.pkl of any archive here; the parser stops at its end. */
const MOST_BYTES = 2 ** 23;

/** Parses the archive's pickle; the number of its top-level entries. */
export async function openOnce(path) {
  const head = Buffer.alloc(MOST_BYTES);
  const file = openSync(path, "r");
  const length = readSync(file, head, 0, MOST_BYTES, 0);
  closeSync(file);
  const start = LOCAL_HEADER_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  const parser = new Parser({
    nameResolver: { resolve: (_module, name) => classOf(name) },
    persistentResolver: { resolve: (id) => id },
  });
  return Object.keys(parser.parse(head.subarray(start, length))).length;
}

/** Whatever the pickle calls, with `new` or without, becomes a record of its arguments. */
function classOf(name) {
  return function record(...args) {
    return { name, args };
  };
}
