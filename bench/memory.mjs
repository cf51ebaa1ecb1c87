/** Prints how many MiB opening an archive adds to this process's peak: node memory.mjs BUNDLE-URL ARCHIVE */
import console from "node:console";
import { peakMebibytes } from "./lib/peakMemory.mjs";

const [bundle, archive] = process.argv.slice(2);
const { openOnce } = await import(bundle);
const before = peakMebibytes();
await openOnce(archive);
console.log((peakMebibytes() - before).toFixed(1));
