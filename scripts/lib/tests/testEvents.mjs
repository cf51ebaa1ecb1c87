/** Follows the events file that the tests inside VS Code write, and notices when they hang. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { noCounts } from "./counts.mjs";
import { mapStack } from "./stackTrace.mjs";

const POLL_MS = 100;
/** The tests send a beat every second; a longer silence is a blocked event loop. */
const SILENCE_MS = 30_000;
const LOAD_LIMIT_MS = 90_000;
const TOTAL_LIMIT_MS = 10 * 60_000;

function readEvents(file) {
  if (!existsSync(file)) return [];
  // The last line may be half written: it is read again next time.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

function problemOf({ events, startedAt, lastNewsAt, ended }) {
  const now = Date.now();
  const lastTest = events.findLast(({ type }) => type === "test")?.title;
  const during = lastTest === undefined ? "before the first test" : `during "${lastTest}"`;
  if (ended) return `VS Code ended ${during}: ${ended}`;
  if (events.length === 0 && now - startedAt > LOAD_LIMIT_MS) {
    return `the tests did not begin within ${LOAD_LIMIT_MS / 1000} s`;
  }
  if (events.length > 0 && now - lastNewsAt > SILENCE_MS) return `VS Code hangs ${during}`;
  if (now - startedAt > TOTAL_LIMIT_MS) return `the time limit passed ${during}`;
  return undefined;
}

function print({ type, title, detail }) {
  if (type === "fail") console.log(`\n  failed: ${title}\n${mapStack(detail ?? "")}\n`);
  if (type === "error") console.log(`\n${mapStack(detail ?? "")}\n`);
  if (type === "skip") console.log(`  skipped: ${title}`);
  if (type === "pass" && process.env.UNROLL_TEST_VERBOSE) console.log(`  ✓ ${title}`);
}

function countEvents(events) {
  const count = (wanted) => events.filter(({ type }) => type === wanted).length;
  return {
    passed: count("pass"),
    failed: count("fail") + count("error"),
    skipped: count("skip"),
  };
}

/**
 * Prints results as they come, until the tests end or something goes wrong.
 *
 * `ended` says why VS Code is gone, or undefined while it runs. Returns the counts and whether the tests
 * came to their end; a run that did not, or in which nothing ran, has one failure more.
 */
export async function followEvents(file, ended) {
  const startedAt = Date.now();
  let lastNewsAt = startedAt;
  let events = [];
  for (;;) {
    const gone = ended();
    const all = readEvents(file);
    if (all.length > events.length) lastNewsAt = Date.now();
    all.slice(events.length).forEach(print);
    events = all;
    const done = events.some(({ type }) => type === "end" || type === "error");
    const problem = done ? undefined : problemOf({ events, startedAt, lastNewsAt, ended: gone });
    if (problem !== undefined) {
      console.log(problem);
      const counts = countEvents(events);
      return { counts: { ...counts, failed: counts.failed + 1 }, completed: false };
    }
    if (done) {
      const counts = countEvents(events);
      if (counts.passed > 0 || counts.failed > 0) return { counts, completed: true };
      console.log("no test ran");
      return { counts: { ...noCounts, failed: 1 }, completed: true };
    }
    await delay(POLL_MS);
  }
}
