/**
 * Parameters that differ from torch.nn's names only in letter case, such as `rnn.weight_ih_L0`.
 */
import type { Archive } from "../../formats/base/archive";
import { text } from "../../core/text";
import type { DerivedEntry } from "./base/derived";

const PARAMETER = /^(.*?)((?:weight|bias)_[a-z]{2}(?:_l\d+(?:_reverse)?)?)$/is;

/** The same tensors under torch.nn's names, where the file has none of that name. */
export function deriveSpelled(
  archive: Pick<Archive, "entries" | "readBox">,
): readonly DerivedEntry[] {
  const known = new Set(archive.entries.map(({ name }) => name));
  return archive.entries.flatMap((own) => {
    const [, prefix = "", parameter = ""] = PARAMETER.exec(own.name) ?? [];
    const name = prefix + parameter.toLowerCase();
    if (parameter === "" || known.has(name)) return [];
    known.add(name);
    const { dtype, shape, byteLength } = own;
    const origin = { from: [own.name], how: text("as it is") };
    return [
      {
        entry: { name, dtype, shape, byteLength, origin },
        readBox: (box) => archive.readBox(own, box),
      } satisfies DerivedEntry,
    ];
  });
}
