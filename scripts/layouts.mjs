/** Writes docs/layouts.md, the list of what is recognised by names and shapes, from its registry: node scripts/layouts.mjs */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";
import { root } from "./lib/tree.mjs";

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ["src/model/layouts/registry.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const source = Buffer.from(outputFiles[0].contents).toString("base64");
const { layouts } = await import(`data:text/javascript;base64,${source}`);

const code = (name) => `\`${name}\``;
/** The first name of every tensor; those that a file may lack in brackets. */
const tensorsOf = ({ parts }) =>
  parts
    .map(({ names, isOptional }) => (isOptional ? `(${code(names[0])})` : code(names[0])))
    .join(" ");
const gatesOf = ({ cell, parts }) => {
  if (cell === "RNN") return "";
  return [...new Set(parts.flatMap(({ holds, gates }) => (holds === "peephole" ? [] : gates)))]
    .filter((gate) => gate !== "")
    .join(" ");
};
const runTimeOf = (layout) =>
  [
    layout.axes.includes("columns") && !layout.axes.includes("rows") ? "x·W" : "",
    layout.forgetBias === undefined ? "" : `+${layout.forgetBias} to f`,
    layout.isUpdateTurned ? "z is 1 − z" : "",
    layout.variant?.resetAfter === false ? "reset before the product" : "",
    layout.nonlinearity ?? "",
    layout.reverseWithin === undefined ? "" : "RNN_1 in reverse",
  ]
    .filter((word) => word !== "")
    .join(", ");

const named = layouts.filter(({ framework }) => framework !== "PyTorch");
const written = layouts.filter(({ framework }) => framework === "PyTorch");
/** The tensors of the first gates of each pair, cells that are written alike in one line. */
const titles = [...new Set(written.map(({ title }) => title))];
const rows = named.map(
  (layout) =>
    `| ${layout.framework} | ${layout.title} | ${layout.cell} | ${tensorsOf(layout)} | ${gatesOf(layout)} | ${runTimeOf(layout)} |`,
);
const text = `# Layouts that are recognised

Made by \`node scripts/layouts.mjs\` from \`src/model/layouts\`. Names stand below a module's prefix, with any separator; the first of several spellings is shown, and what a file may lack is in brackets. Gates are PyTorch's, in the order of the file. Cells whose prefixes count (\`layers.0\`, \`layers.1\`) or name a direction (\`fw\`, \`bw\`) are offered as one module, too, where their sizes fit; so are lists of arrays as \`get_weights()\` of Keras and \`parameters()\` of PyTorch give them. Modules of PyTorch, ONNX nodes and layers in Keras files (Keras 1 to 3, CuDNNLSTM and CuDNNGRU) tell themselves what they are.

| Framework | Written by | Cell | Tensors | Gates | In each step |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}

## Hand-written code

The names of the first gate stand for those of all; weights may be \`nn.Linear\` layers (\`.weight\`, W·x) or bare tensors (x·W, unless their shapes say otherwise). What names do not tell is assumed, and said with the module.

${titles.map((title) => `- ${title.replaceAll("_", "\\_")}`).join("\n")}
`;
writeFileSync(join(root, "docs/layouts.md"), await format(text, { parser: "markdown" }));
