/** Runs a test bundle in a desktop VS Code that @vscode/test-electron downloads. */
import { join } from "node:path";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { root } from "../tree.mjs";

/**
 * Downloads VS Code where needed and starts it with the tests in its extension host.
 *
 * On Linux without a display, start this under `xvfb-run -a`.
 */
export async function openHost(which, { tests, profile, workspace, env }) {
  const version = process.env.VSCODE_TEST_VERSION ?? "stable";
  const vscodeExecutablePath = await downloadAndUnzipVSCode(version).catch((error) => {
    throw new Error(`VS Code ${version} could not be downloaded: ${error.message}`);
  });
  let reason;
  const finished = runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: tests,
    extensionTestsEnv: env,
    launchArgs: [
      workspace,
      "--disable-extensions",
      "--disable-workspace-trust",
      "--user-data-dir",
      join(profile.folder, "user"),
    ],
  }).then(
    (code) => (reason ??= `it ended with code ${code}`),
    (error) => (reason ??= error.message),
  );
  const close = async () => {
    await finished;
  };
  return { version, ended: () => reason, logs: [], close };
}
