/**
 * Who may import what.
 *
 * text and errors are at the bottom; above them tensor, then formats and model, then engine, then analysis;
 * above these the files of src itself (a run, a run file, a session). Node and VS Code are outside all of that.
 */
const BASE = "^src/(text|errors)\\.ts$";
const CORE_FILES = "^src/(session/|(?!text\\.ts|errors\\.ts|extension\\.ts|cli\\.ts)[^/]+\\.ts$)";
/** What a run is: the messages speak of it. */
const RUN_SPEC = "^src/runSpec\\.ts$";
/** What a module is, and how its directions are counted: plain data that the view counts by as well. */
const MODULE = "^src/model/(config|directions)\\.ts$";
const PACKAGES = "node_modules/";

/** A folder's files may import only these paths of the project, and packages. */
function only(name, from, allowed) {
  return {
    name,
    severity: "error",
    from: { path: from },
    to: { pathNot: [...allowed, PACKAGES], dependencyTypesNot: ["core"] },
  };
}

/** The paths may be imported by `from` only as types. */
function typesOnly(name, from, path, pathNot = []) {
  return {
    name,
    severity: "error",
    from: { path: from },
    to: { path, pathNot, dependencyTypesNot: ["type-only"] },
  };
}

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "text-imports-nothing",
      severity: "error",
      from: { path: "^src/text\\.ts$" },
      to: { path: "." },
    },
    only("errors-import-text", "^src/errors\\.ts$", [BASE]),
    only("tensor", "^src/tensor/", [BASE, "^src/tensor/"]),
    only("formats", "^src/formats/", [BASE, "^src/(tensor|formats)/"]),
    only("model", "^src/model/", [BASE, "^src/(tensor|model|formats)/"]),
    typesOnly("model-takes-types-of-formats", "^src/model/", "^src/formats/"),
    only("engine", "^src/engine/", [BASE, "^src/(tensor|model|engine)/"]),
    only("analysis", "^src/analysis/", [BASE, "^src/(tensor|model|engine|analysis)/"]),
    only("core-files", CORE_FILES, [
      BASE,
      CORE_FILES,
      "^src/(tensor|formats|model|engine|analysis|protocol)/",
    ]),
    only("protocol", "^src/protocol/", [
      BASE,
      CORE_FILES,
      "^src/(tensor|formats|model|engine|analysis|protocol)/",
    ]),
    typesOnly("protocol-takes-types", "^src/protocol/", "^src/", [BASE, "^src/(protocol|tensor)/"]),
    {
      name: "node-knows-no-editor",
      severity: "error",
      from: { path: "^src/node/" },
      to: { path: "^(src/host/|src/extension\\.ts|src/cli|webview/)" },
    },
    {
      name: "cli-knows-no-editor",
      severity: "error",
      from: { path: "^src/cli(/|\\.ts$)" },
      to: { path: "^(src/host/|src/extension\\.ts|webview/)" },
    },
    {
      name: "host-knows-no-view",
      severity: "error",
      from: { path: "^src/(host/|extension\\.ts)" },
      to: { path: "^(webview/|src/cli)" },
    },
    only("webview", "^webview/", [BASE, "^webview/", "^src/(protocol|tensor)/", RUN_SPEC, MODULE]),
    typesOnly("webview-takes-types-of-a-run", "^webview/", RUN_SPEC),
    typesOnly("tensor-render-is-pure", "^webview/tensors/render/", "^webview/", [
      "^webview/(tensors/)?render/",
    ]),
    typesOnly("render-is-pure", "^webview/render/", "^webview/", ["^webview/render/"]),
    {
      name: "node-modules-at-the-edge",
      severity: "error",
      from: {
        path: "^(src|webview)/",
        pathNot: "^src/(node/|host/|cli/|cli\\.ts$|extension\\.ts$)",
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "vscode-in-host",
      severity: "error",
      from: { path: "^(src|webview)/", pathNot: "^src/(host/|extension\\.ts$)" },
      to: { path: "(^vscode$|node_modules/@types/vscode/)" },
    },
    {
      name: "product-knows-no-tests",
      severity: "error",
      from: { path: "^(src|webview)/" },
      to: { path: "^(test|scripts|bench)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["main", "types", "typings"],
    },
  },
};
