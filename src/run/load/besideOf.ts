/**
 * What files made of other files keep of them: their way to look into folders.
 */
import type { ArchiveFiles } from "./chooseTensor";

/** `beside` of some files, where they have it. */
export function besideOf(files: ArchiveFiles): Pick<ArchiveFiles, "beside"> {
  return files.beside === undefined
    ? {}
    : { beside: (location) => files.beside?.(location) ?? Promise.resolve([]) };
}
