/** The colour schemes and interpolations that are used, of d3's which lie in one file each and are made as soon as it is loaded. */
import { readFile } from "node:fs/promises";

/** What is called at the top of the file for its result, over one line or several. */
const DECLARATION = /^var ([\w$]+) = ((?:new Array|[\w$]+\()[^]*?);$/gm;

/** Marks what makes it as free of effects, so that esbuild leaves out those that nothing imports. */
export const pureColours = {
  name: "pure-colours",
  setup(build) {
    build.onLoad({ filter: /d3-(scale-chromatic|interpolate)\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(DECLARATION, "var $1 = /* @__PURE__ */ (() => $2)();") };
    });
  },
};
