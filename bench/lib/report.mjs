/** The report: tables for the console and for docs/benchmarks.md. */
import { arch, cpus, platform, totalmem } from "node:os";

const number = (value) => Number(value.toPrecision(3)).toString();

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** Times of one group of contenders; the first one is ours, ratios are to it. */
export function timesTable(results) {
  const [ours] = results;
  const rows = results.map(({ name, min, median, rounds, distance }) => [
    ...[name, number(min), number(median), `${number(median / ours.median)} ×`],
    ...[distance === undefined ? "–" : distance.toExponential(1), rounds],
  ]);
  return table(
    ["engine", "min ms", "median ms", "median to ours", "max Δ to ours", "rounds"],
    rows,
  );
}

export function machine() {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${model}, ${processors.length} cores, ${memory} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

export function document(sections) {
  const body = sections.map(({ title, text }) => `## ${title}\n\n${text}\n`).join("\n");
  return `# Benchmarks

Written by \`npm run bench\`. Every engine gets the same float32 weights and input and one thread. A round runs each
engine once, one after the other; min and median are over the rounds, and a ratio above 1 means slower than Unroll.
Unroll's time includes keeping the states of every layer, direction and step; the others give the output only.

Machine: ${machine()}.

${body}`;
}
