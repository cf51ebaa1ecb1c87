/** Starts VS Code's server with a fresh profile, installs packages into it, and ends it with all its children. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, run, start } from "../process.mjs";

const START_LIMIT_MS = 60_000;

/** Settings that keep a workbench quiet, offline and the same on every run. */
const quietSettings = {
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.editor.useModal": "off",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "git.enabled": false,
  // A row under a heading that sticks to the top of the Explorer is there, and cannot be clicked.
  "workbench.tree.enableStickyScroll": false,
  // It looks through the files of every process, again and again.
  "remote.autoForwardPorts": false,
  "window.autoDetectColorScheme": false,
  "editor.cursorBlinking": "solid",
  "workbench.colorTheme": "Default Dark Modern",
};

/** Keys for what tests do all the time: the palette, which they could open instead, takes a quarter of a second to draw. */
const keys = [{ key: "ctrl+alt+shift+f9", command: "workbench.action.closeAllGroups" }];

/** A new profile in the system's temporary folder; `dispose` removes it. */
export function createProfile(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "unroll-vscode-"));
  mkdirSync(join(folder, "user/User"), { recursive: true });
  writeFileSync(
    join(folder, "user/User/settings.json"),
    JSON.stringify({ ...quietSettings, ...settings }, null, 2),
  );
  writeFileSync(join(folder, "user/User/keybindings.json"), JSON.stringify(keys));
  // Read where it is there: settings of the machine scope count only in it.
  const machineSettings = join(folder, "user/Machine/settings.json");
  const dispose = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", dispose);
  return { folder, machineSettings, log: join(folder, "server.log"), dispose };
}

function profileArguments({ folder }) {
  return [
    "--accept-server-license-terms",
    ...["--user-data-dir", join(folder, "user")],
    ...["--server-data-dir", join(folder, "server")],
    ...["--extensions-dir", join(folder, "ext")],
  ];
}

/** No marketplace is asked for anything. */
const offline = { EXTENSIONS_GALLERY: "{}" };
/** The Node of the oldest VS Code otherwise has a thread of the system spin for every file that is read. */
const withoutRings = { UV_USE_IO_URING: "0" };

/** Installs a .vsix file into the profile. */
export async function installExtension(vscode, profile, vsix) {
  const { code, output } = await run(
    vscode.node,
    [
      join(vscode.root, "out/server-main.js"),
      ...["--install-extension", vsix, "--force"],
      ...profileArguments(profile),
    ],
    { env: { ...process.env, ...offline }, echo: false, limitMs: START_LIMIT_MS },
  );
  if (code !== 0 || !/successfully installed/i.test(output)) {
    throw new Error(`VS Code could not install ${vsix}:\n${output}`);
  }
}

/**
 * Starts the server and waits until it listens.
 *
 * `testDriver` lets a page's address name an extension under development and its tests; it also hides
 * notifications. Returns the address, the process and `stop`, which ends the whole process group.
 */
export async function startServer(vscode, profile, options = {}) {
  const { testDriver = false, env = {}, port = 0 } = options;
  const child = start(
    vscode.node,
    [
      join(vscode.root, "out/server-main.js"),
      ...["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"],
      ...["--telemetry-level", "off", "--disable-workspace-trust"],
      // The environment is this process' own: no shell is asked for another.
      "--force-disable-user-env",
      ...profileArguments(profile),
      ...(testDriver ? ["--enable-smoke-test-driver"] : []),
    ],
    {
      env: { ...process.env, ...offline, ...withoutRings, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const bound = await new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(
      () => reject(new Error(`VS Code's server did not listen in time:\n${output}`)),
      START_LIMIT_MS,
    );
    const read = (chunk) => {
      output = (output + chunk).slice(-20_000);
      appendFileSync(profile.log, chunk);
      const match = /Server bound to [^\s]*:(\d+)/.exec(output);
      if (match) {
        clearTimeout(timer);
        resolve(Number(match[1]));
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`VS Code's server ended with code ${code}:\n${output}`));
    });
  });
  return { address: `http://127.0.0.1:${bound}`, port: bound, child, stop: () => end(child) };
}
