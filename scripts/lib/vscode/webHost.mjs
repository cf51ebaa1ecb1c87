/** Runs a test bundle in the extension host of VS Code's server, with its workbench in headless Chromium. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { browserArguments, ensureChromium } from "./chromium.mjs";
import { root } from "../tree.mjs";
import { ensureVSCode } from "../vscodePackage.mjs";
import { startServer } from "./vscodeServer.mjs";

function pageAddress(server, workspace, tests) {
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload = JSON.stringify([
    ["extensionDevelopmentPath", remote(root)],
    ["extensionTestsPath", remote(tests)],
  ]);
  return `${server.address}/?folder=${encodeURI(workspace)}&payload=${encodeURIComponent(payload)}`;
}

/**
 * Starts VS Code (`newest` or `minimum`) with the tests in its extension host.
 *
 * `ended()` says why it is gone, or undefined while it runs.
 */
export async function openHost(which, { tests, profile, workspace, env }) {
  const vscode = await ensureVSCode(which);
  const executablePath = await ensureChromium();
  const server = await startServer(vscode, profile, { testDriver: true, env });
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  const pageLog = join(profile.folder, "page.log");
  let reason;
  server.child.once("exit", (code) => (reason ??= `its server ended with code ${code}`));
  browser.once("disconnected", () => (reason ??= "the browser is gone"));
  // Nobody looks at it: a small window is drawn sooner.
  const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
  page.on("crash", () => (reason ??= "its page crashed"));
  page.on("console", (message) => appendFileSync(pageLog, `${message.text()}\n`));
  await page.exposeFunction("codeAutomationLog", (type, args) => {
    appendFileSync(pageLog, `[${type}] ${JSON.stringify(args)}\n`);
  });
  // Called when the extension host ends, also after a crash: the last results may still be on their way.
  await page.exposeFunction("codeAutomationExit", () => {
    setTimeout(() => (reason ??= "its extension host ended"), 1000);
  });
  await page.goto(pageAddress(server, workspace, tests));
  const close = async () => {
    await browser.close().catch(() => undefined);
    await server.stop();
  };
  return {
    version: `${vscode.version} on Node ${vscode.nodeVersion}`,
    ended: () => reason,
    logs: [profile.log, pageLog],
    close,
  };
}
