/** What the views execute in a page, as V8 counts it, for scripts/coverage.mjs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CDPSession, Page } from "playwright-core";

/** The bundles of the views, as they name themselves in a page. */
const VIEW = /^unroll\/dist\/([^/]+\.js)$/;

let written = 0;

/**
 * Counts in one page, from when its workbench is there: what is compiled while V8 counts is not taken from the browser's
 * cache, which holds a workbench of many megabytes and nothing of a view.
 */
export class Executed {
  private readonly session: CDPSession;
  private readonly folder: string;
  private isCounting = false;

  constructor(session: CDPSession, folder: string) {
    this.session = session;
    this.folder = folder;
  }

  async start(): Promise<void> {
    await this.session.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    this.isCounting = true;
  }

  /** Takes what was counted, and counts no more. */
  async stop(): Promise<void> {
    if (!this.isCounting) return;
    await this.take();
    await this.session.send("Profiler.stopPreciseCoverage");
    this.isCounting = false;
  }

  /** Writes what was executed since the last time: a view that is closed takes its counts with it. */
  async take(): Promise<void> {
    if (!this.isCounting) return;
    const { result } = await this.session.send("Profiler.takePreciseCoverage");
    const views = result.flatMap((script) => {
      const name = VIEW.exec(script.url)?.[1];
      // It belongs to what was built here.
      return name === undefined
        ? []
        : [{ ...script, url: pathToFileURL(join(process.cwd(), "dist", name)).href }];
    });
    if (views.length === 0) return;
    const file = join(this.folder, `coverage-views-${process.pid}-${++written}.json`);
    writeFileSync(file, JSON.stringify({ result: views }));
  }
}

/** Counts what a new page executes, once it is started; null when the run is without coverage. */
export async function measureExecuted(page: Page): Promise<Executed | null> {
  const folder = process.env["UNROLL_E2E_COVERAGE"];
  if (folder === undefined) return null;
  const session = await page.context().newCDPSession(page);
  await session.send("Profiler.enable");
  return new Executed(session, folder);
}
