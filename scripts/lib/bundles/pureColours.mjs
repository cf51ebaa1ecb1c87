/** The colour schemes that are used, of d3's which lie in one file and are made as soon as it is loaded. */
import { readFile } from "node:fs/promises";

/** A scheme at the top of the file, over one line or several. */
const DECLARATION = /^var ([\w$]+) = ((?:new Array|colors|ramp)[^]*?);$/gm;

/** Marks what makes a scheme as free of effects, so that esbuild leaves out those that nothing imports. */
export const pureColours = {
  name: "pure-colours",
  setup(build) {
    build.onLoad({ filter: /d3-scale-chromatic\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace(DECLARATION, "var $1 = /* @__PURE__ */ (() => $2)();") };
    });
  },
};
