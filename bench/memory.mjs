/** Prints how many MiB opening an archive adds to this process's peak: node memory.mjs BUNDLE-URL ARCHIVE */
import console from "node:console";

const [bundle, archive] = process.argv.slice(2);
const { openOnce } = await import(bundle);
const before = process.resourceUsage().maxRSS;
await openOnce(archive);
console.log(((process.resourceUsage().maxRSS - before) / 1024).toFixed(1));
