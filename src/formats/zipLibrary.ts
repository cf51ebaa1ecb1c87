/**
 * The zip library: the only file that knows it. It lies once in dist/, beside what reads and what writes archives.
 */
import { configure } from "@zip.js/zip.js";

export {
  Reader,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
  type FileEntry,
} from "@zip.js/zip.js";

// Its own workers are for pages; here it is called within a worker.
configure({ useWebWorkers: false });
