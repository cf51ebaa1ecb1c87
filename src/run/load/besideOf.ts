/**
 * What files made of other files keep of them: their way to look into folders, and to read text.
 */
import type { ArchiveFiles } from "./chooseTensor";

/** `beside` and `text` of some files, where they have them. */
export function besideOf(files: ArchiveFiles): Pick<ArchiveFiles, "beside" | "text"> {
  const beside = files.beside?.bind(files);
  const text = files.text?.bind(files);
  return {
    ...(beside === undefined ? {} : { beside }),
    ...(text === undefined ? {} : { text }),
  };
}
