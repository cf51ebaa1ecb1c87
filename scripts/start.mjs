/**
 * Opens the examples in VS Code with the extension.
 *
 * npm start [-- --web] [--no-open] [--port N] [--folder PATH]
 * Takes desktop VS Code where there is one, otherwise (or with --web) VS Code's web workbench, which runs
 * until Ctrl+C; --no-open opens no browser.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findDesktopCode } from "./lib/vscode/desktopCode.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { root } from "./lib/tree.mjs";

const { values: options } = parseArgs({
  options: {
    web: { type: "boolean", default: false },
    "no-open": { type: "boolean", default: false },
    port: { type: "string", default: "0" },
    folder: { type: "string", default: join(root, "examples") },
  },
});
const folder = resolve(options.folder);

async function build() {
  const { code } = await run(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root });
  if (code !== 0) throw new Error("The build failed.");
}

/** Opens a window of desktop VS Code; says whether that worked. */
async function openDesktop(command) {
  const { code } = await run(
    command,
    ["--new-window", `--extensionDevelopmentPath=${root}`, folder],
    { shell: process.platform === "win32" },
  );
  if (code === 0) console.log("Unroll is running in the window of VS Code that has just opened.");
  return code === 0;
}

function browserCommand() {
  if (process.platform === "darwin") return "open";
  if (process.platform === "win32") return "explorer";
  return (process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY) ? "xdg-open" : undefined;
}

async function openWeb() {
  // These need the project's packages, which are there only by now.
  const { packageExtension } = await import("./lib/package.mjs");
  const { ensureVSCode } = await import("./lib/vscodePackage.mjs");
  const server = await import("./lib/vscode/vscodeServer.mjs");
  const vscode = await ensureVSCode("newest");
  const profile = server.createProfile({ "explorer.autoReveal": true });
  const vsix = join(profile.folder, "unroll.vsix");
  await packageExtension(vsix);
  await server.installExtension(vscode, profile, vsix);
  const running = await server.startServer(vscode, profile, { port: Number(options.port) });
  const address = `${running.address}/?folder=${encodeURI(folder)}`;
  console.log(`Unroll is running: ${address}`);
  console.log('Type "rnn" in the command palette (F1). Ctrl+C ends it.');
  running.child.once("exit", (code) => {
    console.log(`VS Code's server ended with code ${code}.`);
    process.exit(1);
  });
  const command = options["no-open"] ? undefined : browserCommand();
  if (command) void run(command, [address], { echo: false });
}

async function main() {
  if (!existsSync(folder)) throw new Error(`${folder} does not exist.`);
  await ensureInstalled();
  await build();
  const desktop = options.web ? undefined : findDesktopCode();
  if (desktop && (await openDesktop(desktop))) return;
  await openWeb();
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
