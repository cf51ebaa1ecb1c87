/** Restricted Mode: the user's Python is started by nothing until the workspace is trusted. */
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { environment } from "../harness/browser";
import { becomes } from "../harness/poll";
import type { Panel } from "./support/panel";
import { sharesPanel } from "./support/suite";

describe("comparing with PyTorch in a workspace that is not trusted", () => {
  const settings = environment("UNROLL_E2E_MACHINE_SETTINGS");
  const folder = mkdtempSync(join(tmpdir(), "unroll-interpreter-"));
  const interpreter = join(folder, "python");
  const trace = join(folder, "was-started");
  let panel: Panel;

  before(() => {
    writeFileSync(interpreter, `#!/bin/sh\necho started > "${trace}"\nexit 3\n`);
    chmodSync(interpreter, 0o755);
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, JSON.stringify({ "unroll.python.interpreter": interpreter }));
  });
  after(() => {
    rmSync(settings);
    rmSync(folder, { recursive: true });
  });
  sharesPanel({ folder: "examples/gru-packed", isRestricted: true }, (opened) => {
    ({ panel } = opened);
  });

  it("starts no interpreter, and starts the one of the settings once it is trusted", async () => {
    const { workbench } = panel;
    const { page } = workbench;
    const restricted = page.getByRole("button", { name: "Restricted Mode" });
    await restricted.first().waitFor();
    await panel.openRun("gru-packed.unroll.json");
    await workbench.runCommand("Unroll RNN: Compare with PyTorch");
    const refusal = await workbench.notification("PyTorch is not run in Restricted Mode");
    assert.equal(existsSync(trace), false);
    await refusal.getByRole("button", { name: "Manage Workspace Trust" }).click();
    const trust = page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust" });
    await trust.first().click();
    await restricted.first().waitFor({ state: "detached" });
    await panel.openRun("gru-packed.unroll.json");
    await workbench.runCommand("Unroll RNN: Compare with PyTorch");
    await becomes("Whether the interpreter was started", () => existsSync(trace), true);
  });
});
