/**
 * What files made of other files keep of them: their way to look into folders, and to read text.
 */
import type { ArchiveFiles } from "./chooseTensor";

/** `beside` and `text` of some files, where they have them. */
export function besideOf(files: ArchiveFiles): Pick<ArchiveFiles, "beside" | "text"> {
  const { beside, text } = files;
  return {
    ...(beside === undefined ? {} : { beside: (location) => beside.call(files, location) }),
    ...(text === undefined ? {} : { text: (location) => text.call(files, location) }),
  };
}
