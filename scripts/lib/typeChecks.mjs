/**
 * The checks of types: what each is called, how it is started, and which folders it looks at.
 *
 * TypeScript 7 checks five times as fast as 6, which stays for the linter: it reads types through an API that 7 does
 * not have.
 */
import { join } from "node:path";
import { root } from "./tree.mjs";

/** What checks know of files that have not changed since; git does not keep it. */
export const CACHE = "out/cache";

const check = (name, project, folders) => ({
  name,
  folders,
  args: [
    ...[join(root, "node_modules/typescript-7/bin/tsc"), "--noEmit", "-p", project],
    ...["--incremental", "--tsBuildInfoFile", `${CACHE}/${name}.tsbuildinfo`],
  ],
});

export const typeChecks = [
  check("types", "tsconfig.json", ["src/", "test/", "bench/"]),
  check("types-view", "webview/tsconfig.json", ["webview/", "src/protocol/"]),
  check("types-view-tests", "test/unit/webview/tsconfig.json", ["webview/", "test/unit/webview/"]),
  check("types-e2e", "test/e2e/tsconfig.json", ["test/e2e/", "test/harness/"]),
];
