/**
 * Builds what is shipped into dist/: extension.js, worker.js, archiveWorker.js, formats.js, diagnosis.js, messages.js, pictures.js, numbers.js, lossGradients.js, hdf5.js, kernelCode.js,
 * kernelThread.js, onnxEngine.js, onnxThread.js with the binary of ONNX Runtime, cli.js, and the pages' controls.js, webview.js, tensors.js with their stylesheets.
 *
 * node scripts/build.mjs [--dev] [--watch]
 * --dev keeps names and links source maps; --watch builds again on every change. Source maps are never shipped.
 */
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { context } from "esbuild";
import { asciiOnly } from "./lib/bundles/asciiOnly.mjs";
import { ensureGenerated } from "./lib/bundles/generated.mjs";
import { writeNotices } from "./lib/bundles/notices.mjs";
import { pureColours } from "./lib/bundles/pureColours.mjs";
import { holdsLit, takesLit } from "./lib/bundles/sharedLit.mjs";
import { root } from "./lib/tree.mjs";

/** Bytes of the minified file: a bigger host starts slower, a bigger view opens slower. */
const HOST_LIMIT = 350_000;
/** Reads every kind of weights, tries maps and readings against a reference, compares with engines that are not ours, and orders units. */
const RUNS_LIMIT = 440_000;
/** Every command in one file, the texts of all messages with them: it starts once for each command line. */
const CLI_LIMIT = 690_000;
/** All readers but the C library of HDF5, with the proof of layers that an ONNX exporter unrolled. */
const FORMATS_LIMIT = 255_000;
/** Pictures of the unrolled and the flip view, and reports, loaded when the first is made. */
const PICTURES_LIMIT = 95_000;
/** The panel draws every view itself, at every scale, plays the computation, and has the numbers of differences. */
const VIEW_LIMIT = 330_000;
/** The panel has eight views and a toolbar, the tensor editor the form of a module beside its own views. */
const STYLE_LIMIT = 48_000;
/** The kit of the pages' controls, and lit, which both load. */
const CONTROLS_LIMIT = 137_000;
/** A whole C library, loaded when the first HDF5 file is opened. */
const HDF5_LIMIT = 1_500_000;
/** What stands around the binary of ONNX Runtime, loaded with it when a run is first compared with it. */
const ONNX_LIMIT = 90_000;
/** The binary of ONNX Runtime for CPUs, as its package has it; it is a quarter of this in the package. */
const ONNX_BINARY = "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm";
const ONNX_BINARY_LIMIT = 15_000_000;

const watch = process.argv.includes("--watch");
const dev = watch || process.argv.includes("--dev");

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: !dev,
  // Without --dev no bundle names its map: the map tells coverage what was executed.
  sourcemap: dev ? "linked" : "external",
  legalComments: "none",
  metafile: true,
  logLevel: watch ? "info" : "warning",
};
/** ES modules first: the UMD file that jsonc-parser names as its main one hides its parts from a bundler. */
const node = {
  ...shared,
  platform: "node",
  format: "cjs",
  target: "node20",
  mainFields: ["module", "main"],
  // What is loaded later is another file in dist/, beside the one that asks for it: require() finds it anywhere.
  supported: { "dynamic-import": false },
};
/** The package's own file that asks for nothing but its binary finds itself by the address of this bundle. */
const onnxThread = {
  ...node,
  entry: "src/node/onnxThread.ts",
  outfile: "dist/onnxThread.js",
  limit: ONNX_LIMIT,
  conditions: ["import"],
  define: { "import.meta.url": "bundleUrl" },
  banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
};
/** VS Code 1.90 shows its webviews in Chromium 122. */
const browser = { ...shared, platform: "browser", format: "iife", target: ["es2022", "chrome122"] };

const page = { ...browser, plugins: [takesLit, asciiOnly] };

const targets = [
  {
    ...node,
    entry: "src/extension.ts",
    outfile: "dist/extension.js",
    external: ["vscode"],
    limit: HOST_LIMIT,
  },
  { ...node, entry: "src/node/worker.ts", outfile: "dist/worker.js", limit: RUNS_LIMIT },
  {
    ...node,
    entry: "src/node/archiveWorker.ts",
    outfile: "dist/archiveWorker.js",
    limit: HOST_LIMIT,
  },
  { ...node, entry: "src/diagnosis/doctor.ts", outfile: "dist/diagnosis.js", limit: HOST_LIMIT },
  {
    ...node,
    entry: "src/diagnosis/messages/explain.ts",
    outfile: "dist/messages.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/reference/onnx/engine.ts",
    outfile: "dist/onnxEngine.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/node/python/engine.ts",
    outfile: "dist/pythonEngine.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/reference/recorder/recorder.ts",
    outfile: "dist/recorder.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/session/gradients/lossGradients.ts",
    outfile: "dist/lossGradients.js",
    limit: HOST_LIMIT,
  },
  { ...node, entry: "src/run/numbers.ts", outfile: "dist/numbers.js", limit: HOST_LIMIT },
  { ...node, entry: "src/report/pictures.ts", outfile: "dist/pictures.js", limit: PICTURES_LIMIT },
  { ...node, entry: "src/formats/open.ts", outfile: "dist/formats.js", limit: FORMATS_LIMIT },
  {
    ...node,
    entry: "src/node/kernelThread.ts",
    outfile: "dist/kernelThread.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/engine/wasm/kernelCode.generated.ts",
    outfile: "dist/kernelCode.js",
    limit: HOST_LIMIT,
  },
  {
    ...node,
    entry: "src/formats/hdf5/libraryCode.generated.ts",
    outfile: "dist/hdf5.js",
    limit: HDF5_LIMIT,
  },
  onnxThread,
  {
    ...browser,
    entry: "webview/shared/kit/kit.ts",
    outfile: "dist/controls.js",
    limit: CONTROLS_LIMIT,
    plugins: [holdsLit("webview/shared/kit/kit.ts"), asciiOnly],
  },
  { ...page, entry: "webview/run/main.ts", outfile: "dist/webview.js", limit: VIEW_LIMIT },
  { ...page, entry: "webview/tensors/main.ts", outfile: "dist/tensors.js", limit: VIEW_LIMIT },
  { ...shared, entry: "webview/run/run.css", outfile: "dist/webview.css", limit: STYLE_LIMIT },
  {
    ...shared,
    entry: "webview/tensors/tensors.css",
    outfile: "dist/tensors.css",
    limit: STYLE_LIMIT,
  },
  { ...node, entry: "src/cli.ts", outfile: "dist/cli.js", limit: CLI_LIMIT },
];

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

/** Prints the size of each output and says whether one is past its budget. */
function checkSizes(metafile, limit) {
  let fits = true;
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    if (file.endsWith(".map")) continue;
    const over = bytes > limit;
    if (over) fits = false;
    const verdict = over ? "  PAST ITS BUDGET" : "";
    console.log(`${file}  ${kilobytes(bytes)} of ${kilobytes(limit)}${verdict}`);
  }
  return fits;
}

/** The command line tool is started by name, so its file says what runs it. */
const executable = {
  name: "executable",
  setup(build) {
    build.onEnd(({ errors }) => {
      if (errors.length === 0) chmodSync(join(root, "dist/cli.js"), 0o755);
    });
  },
};

/** Sources that lie once in dist/, beside the workers and the command line tool that load them. */
const sharedFiles = new Map([
  ["src/engine/wasm/kernelCode.generated", "./kernelCode.js"],
  ["src/formats/hdf5/libraryCode.generated", "./hdf5.js"],
  ["src/formats/open", "./formats.js"],
  ["src/diagnosis/doctor", "./diagnosis.js"],
  ["src/diagnosis/messages/explain", "./messages.js"],
  ["src/reference/onnx/engine", "./onnxEngine.js"],
  ["src/node/python/engine", "./pythonEngine.js"],
  ["src/reference/recorder/recorder", "./recorder.js"],
  ["src/report/pictures", "./pictures.js"],
  ["src/run/numbers", "./numbers.js"],
  ["src/session/gradients/lossGradients", "./lossGradients.js"],
]);

const sharedCode = {
  name: "shared-code",
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      const shared = sharedFiles.get(relative(root, join(resolveDir, path)).split(sep).join("/"));
      if (kind === "entry-point" || shared === undefined) return undefined;
      return { path: shared, external: true };
    });
  },
};

/** Files that went into any of the bundles. */
const inputs = new Set();

async function buildTarget({ entry, limit, plugins = [], ...options }) {
  if (!existsSync(join(root, entry))) {
    console.log(`${entry} does not exist`);
    return false;
  }
  const cli = options.outfile === "dist/cli.js";
  const shebang = readFileSync(join(root, entry), "utf8").startsWith("#!")
    ? ""
    : "#!/usr/bin/env node";
  const build = await context({
    ...options,
    entryPoints: [entry],
    plugins: [...plugins, pureColours, sharedCode, ...(cli ? [executable] : [])],
    ...(cli ? { banner: { js: shebang } } : {}),
  });
  if (watch) {
    await build.rebuild().catch(() => undefined); // esbuild has printed the errors
    await build.watch();
    return true;
  }
  try {
    const { metafile } = await build.rebuild();
    for (const path of Object.keys(metafile.inputs)) inputs.add(path);
    return dev || checkSizes(metafile, limit);
  } catch {
    return false; // esbuild has printed the errors
  } finally {
    await build.dispose();
  }
}

/** Copies the binary, as it is, beside the thread that loads it. */
function copyOnnxBinary() {
  const from = join(root, ONNX_BINARY);
  const file = join("dist", basename(ONNX_BINARY));
  cpSync(from, join(root, file));
  const { size } = statSync(from);
  const over = size > ONNX_BINARY_LIMIT;
  console.log(
    `${file}  ${kilobytes(size)} of ${kilobytes(ONNX_BINARY_LIMIT)}${over ? "  PAST ITS BUDGET" : ""}`,
  );
  return !over;
}

/** The scripts of live references: readable as they are, so they are not touched. */
function copyPython() {
  rmSync(join(root, "dist/python"), { recursive: true, force: true });
  const filter = (path) => !path.includes("__pycache__");
  cpSync(join(root, "python"), join(root, "dist/python"), { recursive: true, filter });
}

await ensureGenerated();
copyPython();
const built = [];
for (const target of targets) built.push(await buildTarget(target));
built.push(copyOnnxBinary());
if (built.includes(false)) process.exitCode = 1;
if (!dev) writeNotices(inputs);
if (watch) console.log("watching: every file is built");
