/** Compiles the engine's AssemblyScript into the WASM binaries that the bundles carry. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles, root } from "../tree.mjs";

const SOURCES = "src/engine/wasm/kernel";
const OUT = join(root, "src/engine/wasm/kernelCode.generated.ts");
const SHARED = ["--sharedMemory", "--enable", "threads"];
/**
 * Of the forward, a binary for engines with fused multiply-add (Node 22, VS Code since 1.96), and one for the others;
 * statistics, large pictures and the products of the diagnosis have memories of their own.
 */
const BINARIES = [
  { name: "simdCode", entry: "index.ts", options: SHARED },
  {
    name: "relaxedSimdCode",
    entry: "index.ts",
    options: [...SHARED, "--enable", "relaxed-simd"],
  },
  { name: "statisticsCode", entry: "statistics/index.ts", options: [] },
  { name: "patchesCode", entry: "patches/index.ts", options: [] },
  { name: "productsCode", entry: "products/index.ts", options: [] },
];
const FEATURES = ["simd", "bulk-memory"];

/**
 * Writes `src/engine/wasm/kernelCode.generated.ts` unless it is that of the sources as they are.
 *
 * @throws Error with the compiler's messages when they do not compile.
 */
export async function ensureKernel() {
  const hash = await hashOfSources();
  const header = `/** The fast path's binaries, in base64: compiled from kernel/ by scripts/kernel.mjs, sources ${hash}. */\n`;
  if (existsSync(OUT) && readFileSync(OUT, "utf8").startsWith(header)) return;
  // Loaded where it is needed: it takes as long as everything else here together.
  const { default: asc } = await import("assemblyscript/asc");
  const lines = [];
  for (const { name, ...binaryOptions } of BINARIES) {
    const binary = await compile(asc, binaryOptions);
    lines.push(`export const ${name} =\n  "${Buffer.from(binary).toString("base64")}";\n`);
  }
  // Written whole or not at all: two scripts may do so at the same time.
  const unfinished = `${OUT}.${process.pid}`;
  writeFileSync(unfinished, header + lines.join(""));
  renameSync(unfinished, OUT);
}

async function hashOfSources() {
  const hash = createHash("sha256");
  const files = listFiles(SOURCES, (name) => name.endsWith(".ts"));
  const compiler = "node_modules/assemblyscript/package.json";
  for (const path of [...files, "scripts/lib/bundles/kernel.mjs", compiler]) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function compile(asc, { entry, options }) {
  let binary;
  const messages = [];
  const { error } = await asc.main(
    [
      ...[`${SOURCES}/${entry}`, "--outFile", "kernel.wasm", "--runtime", "stub"],
      ...["--optimizeLevel", "3", "--noAssert"],
      ...["--importMemory", "--noExportMemory"],
      ...["--initialMemory", "1", "--maximumMemory", "65536"],
      ...[...FEATURES.flatMap((feature) => ["--enable", feature]), ...options],
    ],
    {
      stdout: { write: () => true },
      stderr: { write: (chunk) => messages.push(chunk) },
      readFile: (name, folder) => {
        const path = join(root, folder, name);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (_name, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || messages.length > 0) {
    throw new Error(`${SOURCES}/${entry} does not compile:\n${messages.join("")}`, {
      cause: error,
    });
  }
  return binary;
}
