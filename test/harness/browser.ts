/**
 * The browser that the end-to-end tests drive VS Code in.
 */
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

let browser: Browser | undefined;

/** A variable that scripts/e2e.mjs sets. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: start with scripts/e2e.mjs`);
  return value;
}

/** The browser that all workbenches share. */
export async function launched(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: environment("UNROLL_E2E_CHROMIUM"),
    args: environment("UNROLL_E2E_CHROMIUM_ARGUMENTS").split(" "),
  });
  return browser;
}

/** Writes a picture of every open window into `folder`, for a test that failed. */
export async function screenshotAll(folder: string, name: string): Promise<void> {
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: join(folder, `${name}-${index + 1}.png`) });
  }
}

/** Ends the browser that all workbenches share. */
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
