/**
 * Runs the in-editor tests inside VS Code's extension host.
 *
 * Every result is one JSON line appended to the file that VSCODE_TEST_EVENTS names: synchronous, so that
 * nothing is lost in a crash, and the same in desktop VS Code and in the web workbench.
 */
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { takeCoverage } from "node:v8";
import Mocha from "mocha";

/** One line of the events file. */
interface TestEvent {
  readonly type: "load" | "start" | "test" | "pass" | "fail" | "skip" | "end" | "beat" | "error";
  readonly title?: string;
  readonly detail?: string;
  readonly count?: number;
}

const TEST_LIMIT_MS = 120_000;
/** Tells the outer process that the event loop is not blocked. */
const BEAT_MS = 1000;

function emit(event: TestEvent): void {
  const file = process.env["VSCODE_TEST_EVENTS"];
  if (file === undefined) throw new Error("VSCODE_TEST_EVENTS does not name a file");
  appendFileSync(file, `${JSON.stringify(event)}\n`);
}

function describeFailure(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Mocha asks for a class; all it does is listen. */
class EventReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    report(runner);
  }
}

function report(runner: Mocha.Runner): void {
  runner.on("start", () => {
    emit({ type: "start", count: runner.total });
  });
  runner.on("test", (test) => {
    emit({ type: "test", title: test.fullTitle() });
  });
  runner.on("pass", (test) => {
    emit({ type: "pass", title: test.fullTitle() });
  });
  runner.on("fail", (test, error: unknown) => {
    emit({ type: "fail", title: test.fullTitle(), detail: describeFailure(error) });
  });
  runner.on("pending", (test) => {
    emit({ type: "skip", title: test.fullTitle() });
  });
}

/** Called by VS Code once the extension host is ready; resolves when every test has run. */
export async function run(): Promise<void> {
  emit({ type: "load" });
  const beat = setInterval(() => {
    emit({ type: "beat" });
  }, BEAT_MS);
  try {
    const mocha = new Mocha({
      ui: "bdd",
      timeout: TEST_LIMIT_MS,
      forbidOnly: true,
      reporter: EventReporter,
    });
    const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".test.js")).sort()) {
      mocha.addFile(join(__dirname, file));
    }
    await mocha.loadFilesAsync();
    const failures = await new Promise<number>((resolve) => mocha.run(resolve));
    // VS Code ends without the clean exit that would write it.
    if (process.env["NODE_V8_COVERAGE"]) takeCoverage();
    emit({ type: "end", count: failures });
  } catch (error) {
    emit({ type: "error", detail: describeFailure(error) });
  } finally {
    clearInterval(beat);
  }
}
