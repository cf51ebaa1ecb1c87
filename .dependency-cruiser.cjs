/**
 * Who may import what: the files of a room import the rooms of its row, packages, and nothing else of the project.
 *
 * A room is a folder of `src` or `webview`. The rows go upward: what stands lower is imported by what stands higher.
 * No two folders import each other, at any depth. Node and VS Code are known at the edge only: node, host and cli.
 */
const PACKAGES = "node_modules/";

/** What each room may import beside itself. A name with a slash is one file. */
const ROOMS = {
  core: [],
  tensor: ["core"],
  formats: ["core", "tensor"],
  model: ["core", "tensor", "formats"],
  engine: ["core", "tensor", "model"],
  statistics: ["core", "tensor", "engine"],
  analysis: ["core", "tensor", "model", "engine"],
  run: ["core", "tensor", "formats", "model", "engine", "analysis"],
  diagnosis: ["core", "tensor", "formats", "model", "engine", "analysis", "run"],
  reference: ["core", "tensor", "formats", "model", "engine", "analysis", "run"],
  protocol: [
    "core",
    "tensor",
    "formats",
    "model",
    "engine",
    "statistics",
    "analysis",
    "run",
    "diagnosis",
    "reference",
  ],
  session: [
    "core",
    "tensor",
    "formats",
    "model",
    "engine",
    "statistics",
    "analysis",
    "run",
    "diagnosis",
    "reference",
    "protocol",
  ],
  drawing: ["core", "tensor", "model/directions.ts", "diagnosis", "protocol"],
  report: ["core", "tensor", "diagnosis", "protocol", "drawing"],
  worker: [
    "core",
    "tensor",
    "formats",
    "engine",
    "run",
    "diagnosis",
    "reference",
    "protocol",
    "session",
    "drawing",
    "report",
  ],
  node: [
    "core",
    "tensor",
    "formats",
    "engine",
    "run",
    "diagnosis",
    "reference",
    "protocol",
    "drawing",
    "worker",
  ],
  host: [
    "core",
    "tensor",
    "formats/extensions.ts",
    "model",
    "run",
    "diagnosis",
    "reference",
    "protocol",
    // What a page asks for first.
    "drawing/run/requests/firstRequests.ts",
    "worker/platform.ts",
    "node",
  ],
  cli: [
    "core",
    "tensor",
    "formats",
    "model",
    "engine",
    "run",
    "diagnosis",
    "reference",
    "protocol",
    "session",
    "drawing",
    "report",
    "node",
  ],
  // Folders of the room above, which imports all three.
  "cli/flags": ["core", "tensor", "model", "run", "reference", "protocol", "drawing", "node"],
  "cli/print": ["core", "tensor", "model", "diagnosis", "reference", "protocol"],
  "cli/commands": [
    "core",
    "tensor",
    "formats",
    "model",
    "engine",
    "run",
    "diagnosis",
    "reference",
    "protocol",
    "session",
    "drawing",
    "report",
    "node",
    "cli/flags",
    "cli/print",
  ],
  "webview/shared": ["core", "tensor", "protocol", "drawing"],
  "webview/run": [
    "core",
    "tensor",
    "model/config.ts",
    "model/directions.ts",
    "model/gates.ts",
    "run/spec/key.ts",
    "run/spec/keys.ts",
    "run/spec/spec.ts",
    "protocol",
    "drawing",
    "webview/shared",
  ],
  "webview/tensors": [
    "core",
    "tensor",
    "formats/base/names.ts",
    "model/assign/map.ts",
    "protocol",
    "drawing",
    "webview/shared",
  ],
};

/** Rooms of which these rooms know the types alone: they have no part in what is computed there. */
const TYPES_ONLY = [
  { from: "model", to: ["formats"] },
  {
    from: "protocol",
    to: ["formats", "model", "engine", "statistics", "analysis", "run", "diagnosis", "reference"],
  },
  { from: "worker", to: ["formats", "engine"] },
  { from: "drawing", to: ["protocol", "diagnosis"] },
  { from: "report", to: ["diagnosis"] },
  { from: "webview/run", to: ["run/spec/spec.ts"] },
];

const EDGE = "^src/(node/|host/|cli/|cli\\.ts$|extension\\.ts$)";

/** `core` → `^src/core/`, `model/gates.ts` → that file, `webview/run` → `^webview/run/`. */
function pathOf(room) {
  const path = room.startsWith("webview/") ? room : `src/${room}`;
  return path.endsWith(".ts") ? `^${path.replaceAll(".", "\\.")}$` : `^${path}/`;
}

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `room-${room.replaceAll("/", "-")}`,
  severity: "error",
  from: { path: pathOf(room) },
  to: {
    pathNot: [...[room, ...allowed].map(pathOf), PACKAGES],
    dependencyTypesNot: ["core"],
  },
}));

const typeRules = TYPES_ONLY.map(({ from, to }) => ({
  name: `${from.replaceAll("/", "-")}-takes-types`,
  severity: "error",
  from: { path: pathOf(from) },
  to: { path: to.map(pathOf), dependencyTypesNot: ["type-only"] },
}));

module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-folder-cycle",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...roomRules,
    ...typeRules,
    {
      name: "node-modules-at-the-edge",
      severity: "error",
      from: { path: "^(src|webview)/", pathNot: EDGE },
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
