/**
 * Installs the VS Code builds the tests run in, from npm: test/vscode/newest and test/vscode/minimum.
 *
 * Each is the server and web workbench of `code-server`, with only the modules the server loads. Nothing of it
 * is shipped.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { run } from "./process.mjs";
import { root } from "./tree.mjs";

/** Built-in extensions no test uses: without them the workbench starts sooner and its log is quieter. */
const UNUSED_EXTENSIONS =
  /^(copilot|git|github.*|microsoft-authentication|mermaid-.*|ms-vscode\..*|npm|grunt|gulp|jake|debug-.*|terminal-suggest|tunnel-forwarding|typescript-language-features|php-language-features)$/;
/** The newest VS Code uses module.registerHooks(), which Node has from 22.15 on. */
const NODE_FOR_NEWEST = [22, 15];
const INSTALL_LIMIT_MS = 10 * 60_000;

function stampOf(folder) {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(folder, "package-lock.json")));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  hash.update(`${process.platform}-${process.arch}`);
  return hash.digest("hex");
}

/** The Node that this VS Code ships, where npm has a package of it for this platform; else the running one. */
function nodeFor(which, folder) {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const carried = join(folder, "node_modules", name, "bin", executable);
  if (existsSync(carried)) return carried;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = NODE_FOR_NEWEST;
  const suffices = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (which === "newest" && !suffices) {
    throw new Error(
      `The newest VS Code needs Node ${NODE_FOR_NEWEST.join(".")} or later on ${process.platform}-${process.arch}; this is ${process.version}.`,
    );
  }
  return process.execPath;
}

/** Runs `work` while no other process holds `lock`; a lock whose owner has ended is taken over. */
async function exclusively(lock, work) {
  const owner = join(lock, "pid");
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(owner, String(process.pid));
      break;
    } catch {
      if (!ownerLives(lock, owner)) rmSync(lock, { recursive: true, force: true });
      await delay(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function ownerLives(lock, owner) {
  try {
    process.kill(Number(readFileSync(owner, "utf8")), 0);
    return true;
  } catch {
    // Between creating the lock and writing its owner there is a moment without one.
    const created = statSync(lock, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
    return !existsSync(owner) && Date.now() - created < 2000;
  }
}

async function install(which, folder) {
  console.log(`Installing VS Code for tests (test/vscode/${which}) …`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { code, output } = await run(
    npm,
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: folder,
      echo: false,
      limitMs: INSTALL_LIMIT_MS,
      shell: process.platform === "win32",
    },
  );
  if (code !== 0) throw new Error(`npm ci in test/vscode/${which} failed:\n${output}`);
  const vscode = join(folder, "node_modules/code-server/lib/vscode");
  // VS Code serves browser modules from its own node_modules, which the package leaves out.
  rmSync(join(vscode, "node_modules"), { recursive: true, force: true });
  if (process.platform === "win32") {
    symlinkSync(join(folder, "node_modules"), join(vscode, "node_modules"), "junction");
  } else {
    symlinkSync("../../..", join(vscode, "node_modules"));
  }
  for (const name of readdirSync(join(vscode, "extensions"))) {
    if (UNUSED_EXTENSIONS.test(name)) {
      rmSync(join(vscode, "extensions", name), { recursive: true, force: true });
    }
  }
}

/**
 * Makes sure that `newest` or `minimum` is installed.
 *
 * Returns the folder of its VS Code, the Node that runs it, and the versions of both.
 */
export async function ensureVSCode(which) {
  const folder = join(root, "test/vscode", which);
  const stampFile = join(folder, "node_modules/.unroll-stamp");
  const stamp = stampOf(folder);
  const upToDate = () => existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;
  if (!upToDate()) {
    mkdirSync(join(root, "out"), { recursive: true });
    await exclusively(join(root, "out", `install-${which}.lock`), async () => {
      if (upToDate()) return;
      await install(which, folder);
      writeFileSync(stampFile, stamp);
    });
  }
  const vscode = join(folder, "node_modules/code-server/lib/vscode");
  const { version } = JSON.parse(readFileSync(join(vscode, "package.json"), "utf8"));
  const node = nodeFor(which, folder);
  const { output } = await run(node, ["--version"], { echo: false });
  return { root: vscode, node, version, nodeVersion: output.trim() };
}
