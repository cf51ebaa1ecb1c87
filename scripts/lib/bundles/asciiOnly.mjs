/**
 * Scripts of the pages in ASCII alone: one other letter makes a browser keep all of a page in two bytes a character,
 * in each of the copies on its way to the page (3 of 23 ms, and a quarter of the processor time, of writing one).
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const OTHER = /[^\0-\x7f]/g;
/** Such a template keeps an escape as it is written. */
const OTHER_RAW = /String\.raw`[^`]*[^\0-\x7f]/;
const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Escapes the letters that esbuild leaves as they are, those of templates: in all of a source, where it means the same. */
export const asciiOnly = {
  name: "ascii-only",
  setup(build) {
    const { absWorkingDir, outfile } = build.initialOptions;
    build.onLoad({ filter: /[\\/](src|webview)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (OTHER_RAW.test(source)) {
        return { errors: [{ text: "String.raw holds a letter that is not ASCII" }] };
      }
      return { contents: source.replace(OTHER, escaped), loader: "ts" };
    });
    build.onEnd(async ({ errors }) => {
      if (errors.length > 0) return undefined;
      const [found] = (await readFile(join(absWorkingDir, outfile), "utf8")).match(OTHER) ?? [];
      return found && { errors: [{ text: `${outfile} holds "${found}", which is not ASCII` }] };
    });
  },
};
