/** A report in a browser: nothing is requested, nothing is refused, and axe finds nothing in either colour scheme. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { chromium, type Browser } from "playwright-core";

const axe = readFileSync(
  createRequire(join(process.cwd(), "x.js")).resolve("axe-core/axe.min.js"),
  "utf8",
);

describe("a report", () => {
  let browser: Browser;
  let folder = "";

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "unroll-report-"));
    browser = await chromium.launch({
      executablePath: process.env["UNROLL_E2E_CHROMIUM"] ?? "",
      args: ["--no-sandbox"],
    });
  });

  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  // The rules look at every cell of the pictures: those that are not about colours are asked once.
  for (const [name, colorScheme, rules] of [
    ["differs", "light", "axe.run(document)"],
    ["differs", "dark", 'axe.run(document, { runOnly: ["color-contrast"] })'],
    ["lstm-two-directions", "light", null],
  ] as const) {
    it(`of ${name} is quiet and accessible in ${colorScheme}`, async () => {
      const out = join(folder, `${name}.html`);
      const run = join("examples", name, `${name}.unroll.json`);
      spawnSync(process.execPath, ["dist/cli.js", "report", run, "--out", out]);
      const said: string[] = [];
      // What axe itself adds to the page is not of its policy: that is looked at before.
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(String(error)));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) said.push(request.url());
      });
      await page.goto(pathToFileURL(out).href);
      await page.locator("figure svg").first().waitFor({ state: "attached" });
      const shown = await page.locator(`.${colorScheme} svg`).first().isVisible();
      assert.deepEqual([shown, said], [true, []]);
      if (rules !== null) {
        const found = await page.evaluate(
          `${axe}; ${rules}.then((result) => result.violations.map(({ id }) => id))`,
        );
        assert.deepEqual(found, []);
      }
      await context.close();
    });
  }

  it("fits a telephone: tables become lists, code wraps", async () => {
    const out = join(folder, "narrow.html");
    const run = join("examples", "differs", "differs.unroll.json");
    spawnSync(process.execPath, ["dist/cli.js", "report", run, "--out", out]);
    const context = await browser.newContext({ viewport: { width: 420, height: 800 } });
    const page = await context.newPage();
    await page.goto(pathToFileURL(out).href);
    const parts = page.locator(".wide:has(> table):visible, pre:visible");
    const wider = await parts.evaluateAll((all) =>
      all.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.ariaLabel),
    );
    assert.ok((await parts.count()) > 2);
    assert.deepEqual(wider, []);
    const lines = await page
      .locator("caption")
      .evaluateAll((all) => all.map((each) => each.clientHeight));
    assert.ok(Math.max(...lines) < 40, lines.join());
    await context.close();
  });
});
