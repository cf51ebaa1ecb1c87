/**
 * Builds what is shipped into dist/: extension.js, worker.js, archiveWorker.js, formats.js, diagnosis.js, pictures.js, hdf5.js, kernelCode.js,
 * kernelThread.js, cli.js, and the pages' controls.js, webview.js, tensors.js with their stylesheets.
 *
 * node scripts/build.mjs [--dev] [--watch]
 * --dev keeps names and links source maps; --watch builds again on every change. Source maps are never shipped.
 */
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { context } from "esbuild";
import { ensureGenerated } from "./lib/generated.mjs";
import { writeNotices } from "./lib/notices.mjs";
import { holdsLit, takesLit } from "./lib/sharedLit.mjs";
import { root } from "./lib/tree.mjs";

/** Bytes of the minified file: a bigger host starts slower, a bigger view opens slower. */
const HOST_LIMIT = 350_000;
/** Every command in one file, the texts of all messages with them: it starts once for each command line. */
const CLI_LIMIT = 600_000;
/** All readers but the C library of HDF5. */
const FORMATS_LIMIT = 225_000;
/** Pictures and reports, loaded when the first is made. */
const PICTURES_LIMIT = 75_000;
const VIEW_LIMIT = 240_000;
const STYLE_LIMIT = 38_000;
/** The kit of the pages' controls, and lit, which both load. */
const CONTROLS_LIMIT = 137_000;
/** A whole C library, loaded when the first HDF5 file is opened. */
const HDF5_LIMIT = 1_500_000;

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
/** VS Code 1.90 shows its webviews in Chromium 122. */
const browser = { ...shared, platform: "browser", format: "iife", target: ["es2022", "chrome122"] };

const page = { ...browser, plugins: [takesLit] };

const targets = [
  {
    ...node,
    entry: "src/extension.ts",
    outfile: "dist/extension.js",
    external: ["vscode"],
    limit: HOST_LIMIT,
  },
  { ...node, entry: "src/node/worker.ts", outfile: "dist/worker.js", limit: HOST_LIMIT },
  {
    ...node,
    entry: "src/node/archiveWorker.ts",
    outfile: "dist/archiveWorker.js",
    limit: HOST_LIMIT,
  },
  { ...node, entry: "src/diagnosis/doctor.ts", outfile: "dist/diagnosis.js", limit: HOST_LIMIT },
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
  {
    ...browser,
    entry: "webview/shared/kit/kit.ts",
    outfile: "dist/controls.js",
    limit: CONTROLS_LIMIT,
    plugins: [holdsLit("webview/shared/kit/kit.ts")],
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
  ["src/report/pictures", "./pictures.js"],
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
    plugins: [...plugins, sharedCode, ...(cli ? [executable] : [])],
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

await ensureGenerated();
const built = [];
for (const target of targets) built.push(await buildTarget(target));
if (built.includes(false)) process.exitCode = 1;
if (!dev) writeNotices(inputs);
if (watch) console.log("watching: every file is built");
