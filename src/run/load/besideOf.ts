/**
 * What files made of other files keep of them: their way to look into folders, and to read text.
 */
import type { ArchiveFiles } from "./tensors/chooseTensor";

/** What files can do beside opening, as far as some files can. */
export function besideOf(files: ArchiveFiles): Pick<ArchiveFiles, "beside" | "text" | "runModel"> {
  const beside = files.beside?.bind(files);
  const text = files.text?.bind(files);
  const runModel = files.runModel?.bind(files);
  return {
    ...(beside === undefined ? {} : { beside }),
    ...(text === undefined ? {} : { text }),
    ...(runModel === undefined ? {} : { runModel }),
  };
}
