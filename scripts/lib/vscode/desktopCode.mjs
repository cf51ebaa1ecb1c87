/** Finds a desktop VS Code: one on the PATH, or one that the desktop tests have downloaded. */
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../tree.mjs";

const INSIDE_DOWNLOAD = [
  "bin/code",
  "bin/code.cmd",
  "Visual Studio Code.app/Contents/Resources/app/bin/code",
];

function hasScreen() {
  if (process.platform !== "linux") return true;
  return Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** The path of the `code` command, or undefined without one or without a screen. */
export function findDesktopCode() {
  if (!hasScreen()) return undefined;
  const names = process.platform === "win32" ? ["code.cmd"] : ["code"];
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const downloads = join(root, ".vscode-test");
  const folders = existsSync(downloads) ? readdirSync(downloads) : [];
  const downloaded = folders
    .filter((name) => name.startsWith("vscode-"))
    .flatMap((name) => INSIDE_DOWNLOAD.map((path) => join(downloads, name, path)));
  return [...onPath, ...downloaded].find((path) => existsSync(path));
}
