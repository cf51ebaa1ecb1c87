/** What the views execute in a page, as V8 counts it, for scripts/coverage.mjs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CDPSession, Page } from "playwright-core";

/** The bundles of the views, as they name themselves in a page. */
const VIEW = /^unroll\/dist\/([^/]+\.js)$/;

let written = 0;

/** Counts in one page. */
export class Executed {
  private readonly session: CDPSession;
  private readonly folder: string;

  constructor(session: CDPSession, folder: string) {
    this.session = session;
    this.folder = folder;
  }

  /** Writes what was executed since the last time: a view that is closed takes its counts with it. */
  async take(): Promise<void> {
    const { result } = await this.session.send("Profiler.takePreciseCoverage");
    const views = result.flatMap((script) => {
      const name = VIEW.exec(script.url)?.[1];
      // Served from where the package is installed; the sources belong to what was built here.
      return name === undefined
        ? []
        : [{ ...script, url: pathToFileURL(join(process.cwd(), "dist", name)).href }];
    });
    if (views.length === 0) return;
    const file = join(this.folder, `coverage-views-${process.pid}-${++written}.json`);
    writeFileSync(file, JSON.stringify({ result: views }));
  }
}

/** Begins to count what a new page executes; null when the run is without coverage. */
export async function measureExecuted(page: Page): Promise<Executed | null> {
  const folder = process.env["UNROLL_E2E_COVERAGE"];
  if (folder === undefined) return null;
  const session = await page.context().newCDPSession(page);
  await session.send("Profiler.enable");
  await session.send("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return new Executed(session, folder);
}
