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

/**
 * Its own workers are for pages; here it is called within a worker. Without them it still counts members in progress as
 * if each had one: passes that pause in the middle of a member would use the count up, and every other member would
 * wait 5 seconds for them.
 */
configure({ useWebWorkers: false, maxWorkers: 2 ** 16 });
