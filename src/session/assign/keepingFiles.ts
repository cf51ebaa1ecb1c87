/**
 * Files whose small tensors are read once, for runs that read the same weights again and again.
 */
import type { Archive } from "../../formats/base/archive";
import { besideOf } from "../../run/load/besideOf";
import type { ArchiveFiles } from "../../run/load/tensors/chooseTensor";
import { cropRaw, wholeBox, type RawValues } from "../../tensor/raw";

/** Bytes of tensors that are kept between runs. */
const maxKeptBytes = 256 * 1024 * 1024;

/** Files whose tensors are read once, as far as they are small. */
export function keepingFiles(files: ArchiveFiles): ArchiveFiles {
  const known = new Map<string, Promise<Archive>>();
  return {
    ...besideOf(files),
    open: (location) => {
      const opened = known.get(location) ?? files.open(location).then(kept);
      known.set(location, opened);
      return opened;
    },
  };
}

function kept(archive: Archive): Archive {
  const values = new Map<string, Promise<RawValues>>();
  let bytes = 0;
  return {
    ...archive,
    readBox: async (entry, box) => {
      const known = values.get(entry.name);
      if (known !== undefined) return cropRaw(await known, box);
      if (bytes + entry.byteLength > maxKeptBytes) return archive.readBox(entry, box);
      bytes += entry.byteLength;
      const whole = archive.readBox(entry, wholeBox(entry.shape));
      values.set(entry.name, whole);
      return cropRaw(await whole, box);
    },
  };
}
