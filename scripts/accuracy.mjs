/**
 * Writes docs/accuracy.md: how far our runs and those of ONNX Runtime and PyTorch are from each other, and from float64.
 *
 * node scripts/accuracy.mjs [--runs=500]
 * Needs a Python with torch (UNROLL_PYTHON).
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";
import { format } from "prettier";
import { ensureGenerated } from "./lib/bundles/generated.mjs";
import { root } from "./lib/tree.mjs";

const runs = Number(/--runs=(\d+)/.exec(process.argv.slice(2).join(" "))?.[1] ?? 500);
const folder = join(root, `out/accuracy-${process.pid}`);

await ensureGenerated();
mkdirSync(folder, { recursive: true });
const outfile = join(folder, "onnxRuns.cjs");
await build({
  absWorkingDir: root,
  entryPoints: ["test/differential/onnx/onnxRuns.ts"],
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  external: ["onnxruntime-web", "onnxruntime-web/*"],
  outfile,
});
const { createTorchEngine, onnxRunErrors, randomOnnxRun } = createRequire(import.meta.url)(outfile);

const torch = createTorchEngine(folder);
const found = [];
for (let seed = 0; seed < runs; seed++) found.push(await onnxRunErrors(randomOnnxRun(seed), torch));
await torch.dispose();
rmSync(folder, { recursive: true });

const dtypes = { f32: "float32", f64: "float64" };
const shown = (value) => value.toExponential(1);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const groups = new Map();
for (const one of found) {
  const key = `${one.cell}, ${dtypes[one.precision]}, ${one.by}`;
  groups.set(key, [...(groups.get(key) ?? []), one]);
}
const rows = [...groups]
  .sort(([left], [right]) => left.localeCompare(right))
  .map(([key, all]) => {
    const [cell, dtype, by] = key.split(", ");
    const largest = (of) => Math.max(...all.map((one) => one[of]));
    const worst = all.find(({ apart }) => apart === largest("apart"));
    return `| ${[
      ...[cell, dtype, by, all.length],
      shown(median(all.map(({ apart }) => apart))),
      ...["apart", "ours", "theirs"].map((of) => shown(largest(of))),
      worst.what,
      shown(median(all.map((one) => one.torch.apart))),
      shown(Math.max(...all.map((one) => one.torch.apart))),
      shown(Math.max(...all.map((one) => one.torch.theirs))),
    ].join(" | ")} |`;
  });
const text = `# Accuracy beside ONNX Runtime and PyTorch

Made by \`node scripts/accuracy.mjs\`: ${runs} random runs (1 to 3 layers, one direction or two, lengths, initial states, projection, peepholes, clipping, coupled gates, hard sigmoids, both resets), through our engines, through ONNX Runtime (WebAssembly, CPU) and through live PyTorch (CPU). ONNX Runtime's h is of its operators, except with a projection and in float64, which they do not have: there, and for c and gates, it computes single operations in a Scan. All states and gates of every step are compared.

| Cell | dtype | ONNX Runtime's h by | Runs | Median of max \\|Unroll − ONNX Runtime\\| | Largest | Unroll − float64 | ONNX Runtime − float64 | The run of the largest | Median of max \\|Unroll − PyTorch\\| | Largest | PyTorch − float64 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
writeFileSync(
  join(root, "docs/accuracy.md"),
  await format(text, { parser: "markdown", printWidth: 100 }),
);
console.log(text);
