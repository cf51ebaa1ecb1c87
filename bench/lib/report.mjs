/** The report: tables for the console and for docs/benchmarks.md. */
import { arch, cpus, platform, totalmem } from "node:os";
import { medianRatio } from "./timing.mjs";
import { errorFloor, packFloor, ratioGoal, startFloor, verdict } from "./goals.mjs";

const number = (value) => Number(value.toPrecision(3)).toString();
const exponential = (value, digits) => value?.toExponential(digits) ?? "–";
const bounds = ([floor, goal]) => `≤ ${floor}${goal === undefined ? "" : ` → ${goal}`}`;

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** With the number of threads where it is not one; ours says in its details how many it really takes. */
function engineName({ engine, detail }) {
  const counts = { 0: ", all threads", 1: "", 2: ", two threads" };
  const count = engine.id === "Unroll" ? "" : counts[engine.threads];
  return `${engine.name}${detail ? ` (${detail})` : ""}${count}`;
}

/** Our time over the peer's, by the least times and by those of the same rounds, and what the worse one reaches. */
function ratios(ours, { engine, times }, manifest) {
  if (times === null) return null;
  const [min, median] = [ours.times.min / times.min, medianRatio(ours.times, times)];
  const goal = ratioGoal(engine, manifest);
  const sign = times.bounded ? "< " : "";
  const mark = goal === undefined ? "" : verdict(Math.max(min, median), goal);
  return { min: sign + number(min), median: sign + number(median), goal, mark };
}

/** All engines of some cases of one size; each case is { manifest, rows }, its first row ours. */
export function forwardTable(cases) {
  const head = [
    ...["cell", "engine", "min ms", "median ms", "ours / peer: min", "median", "floor → goal", ""],
    ...["calls", "max error", "max Δ to ours", "note"],
  ];
  const lines = cases.flatMap(({ manifest, rows }) =>
    rows.map((row) => [
      ...[manifest.cell, engineName(row), ...timeColumns(row)],
      ...(row === rows[0] ? ["–", "–", "–", ""] : ratioColumns(rows[0], row, manifest)),
      ...[row.times?.rounds ?? "–", exponential(row.error, 1)],
      ...[row === rows[0] ? "–" : exponential(row.distance, 1), row.note],
    ]),
  );
  return table(head, lines);
}

function timeColumns({ times }) {
  if (times === null) return ["–", "–"];
  const sign = times.bounded ? "> " : "";
  return [sign + number(times.min), sign + number(times.median)];
}

function ratioColumns(ours, row, manifest) {
  const ratio = ratios(ours, row, manifest);
  if (ratio === null) return ["–", "–", "–", ""];
  const { min, median, goal, mark } = ratio;
  return [min, median, goal === undefined ? "–" : bounds(goal), mark];
}

/** A line for each case and a column for each peer: the ratios and what they reach. */
export function summaryTable(cases) {
  const peers = cases[0].rows.slice(1).map(({ engine }) => engine);
  const labels = peers.map((engine) => engineName({ engine }));
  const lines = cases.map(({ manifest, rows }) => [
    ...[manifest.name, number(rows[0].times.min)],
    ...rows.slice(1).map((row) => {
      const ratio = ratios(rows[0], row, manifest);
      return ratio === null ? "–" : `${ratio.min} · ${ratio.median} ${ratio.mark}`.trim();
    }),
  ]);
  return table(["case", "Unroll, min ms", ...labels], lines);
}

/** Largest errors against float64, and ours over onnxruntime-node's. */
export function errorTable(cases) {
  const lines = cases.map(({ manifest, rows }) => {
    const errorOf = (id) => rows.find(({ engine }) => engine.id === id)?.error ?? null;
    const errors = ["Unroll", "onnxruntime-node", "PyTorch"].map(errorOf);
    const [ours, onnx, torch] = errors;
    const floor = errorFloor[manifest.cell];
    const ratio = onnx === null ? null : ours / onnx;
    const goal = onnx === null || torch === null ? floor : Math.min(floor, torch / onnx);
    return [
      manifest.name,
      ...errors.map((error) => exponential(error, 2)),
      ...(ratio === null ? ["–", "–", ""] : [number(ratio), `≤ ${floor} → PyTorch's`]),
      ...(ratio === null ? [] : [verdict(ratio, [floor, goal])]),
    ];
  });
  return table(
    [
      "case",
      "Unroll",
      "onnxruntime-node",
      "PyTorch",
      "ours / onnxruntime-node",
      "floor → goal",
      "",
    ],
    lines,
  );
}

/** The costs besides time; `memory` is { name, rows } of each case. */
export function footprintText({ start, packing, memory }) {
  const megabytes = Math.round(packing.megabytes);
  const costs = table(
    ["", "min ms", "median ms", "floor", ""],
    [
      ["fresh process to the first states of small-lstm", start, startFloor],
      [`packing ${megabytes} MB of weights, and one step`, packing, packFloor],
    ].map(([name, { min, median }, floor]) => [
      ...[name, number(min), number(median), bounds(floor), verdict(median, floor)],
    ]),
  );
  const peaks = memory.map(({ name, rows }) =>
    table(
      [`peak memory of a process, ${name}`, "loaded, MiB", "after one forward, MiB", "added, MiB"],
      rows.map(({ name: engine, loaded, peak }) => [
        engine,
        ...[loaded, peak, peak - loaded].map((mebibytes) => mebibytes.toFixed(0)),
      ]),
    ),
  );
  return [costs, ...peaks].join("\n\n");
}

/** Times of opening archives; the first of each one's results is ours. */
export function archivesText(archives) {
  return archives
    .map(({ name, results }) => {
      const rows = results.map((each) => [
        ...[each.name, number(each.min), number(each.median)],
        ...[`${number(each.median / results[0].median)} ×`, each.rounds],
        each.mebibytes.toFixed(1),
      ]);
      const head = ["engine", "min ms", "median ms", "median to ours", "rounds", "added MiB"];
      return `${name}\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}

/** Statistics of values in memory; the first of each one's results is ours. */
export function statisticsText(measured) {
  return measured
    .map(({ name, bytes, results }) => {
      const rows = results.map((each) => [
        ...[each.name, number(each.min), number(each.median)],
        ...[number(bytes / each.min / 1e6), number(bytes / each.median / 1e6)],
        ...[`${number(each.median / results[0].median)} ×`, each.rounds],
      ]);
      const head = [
        "",
        "min ms",
        "median ms",
        "best GB/s",
        "median GB/s",
        "median to ours",
        "rounds",
      ];
      return `${name[0].toUpperCase()}${name.slice(1)}\n\n${table(head, rows)}`;
    })
    .join("\n\n");
}

export function diagnosisText(measured) {
  const rows = measured.map(({ size, wanted, results }) => {
    const times = results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
    return [
      `I ${size.inputSize} H ${size.hiddenSize} T ${size.seqLength} B ${size.batchSize}`,
      ...[wanted ?? "none that fits", results[0].count],
      ...[number(times[0]), number(times[Math.floor(times.length / 2)])],
      ...[results[0].first === null ? "–" : number(results[0].first), times.length],
    ];
  });
  return table(["", "mistake", "tried", "min ms", "median ms", "first answer, ms", "rounds"], rows);
}

/** The limits are those of the first picture and of the verdict, in milliseconds. */
export function embeddedText(measured) {
  const [picture, verdict] = [300, 1500];
  const said = (value, limit) => `${number(value)} ${value <= limit ? "✓" : "✗"}`;
  const rows = measured.map(({ name, opened, verdict: took, agrees, load }) => [
    name,
    said(opened, picture),
    said(took, verdict),
    agrees ? "agrees" : "differs",
    load.toFixed(1),
  ]);
  const head = ["example, without its reference", `opened, ms (≤ ${picture})`];
  return table([...head, `embedded verdict, ms (≤ ${verdict})`, "ONNX Runtime", "load"], rows);
}

function machine() {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? "unknown processor";
  return `${model}, ${processors.length} cores, ${memory} GiB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** The sections of a document that was written before. */
function sectionsOf(written) {
  return written
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return { title: part.slice(0, end), text: part.slice(end).trim() };
    });
}

/** New sections in the place of those of the same title; the others as they were. */
function merged(before, sections) {
  const kept = before.map((old) => sections.find(({ title }) => title === old.title) ?? old);
  return [...kept, ...sections.filter(({ title }) => !kept.some((old) => old.title === title))];
}

/** The whole document; `measured` are sections { title, text }, `written` a document whose others stay. */
export function document(measured, written = "") {
  const here = machine();
  const machineBefore = /^Machine: (.*)\.$/m.exec(written)?.[1] ?? here;
  const isElsewhere = machineBefore !== here;
  const added = measured.map(({ title, text }) => ({
    title,
    text: isElsewhere ? `On ${here}.\n\n${text}` : text,
  }));
  const sections = merged(sectionsOf(written), added);
  const body = sections.map(({ title, text }) => `## ${title}\n\n${text}\n`).join("\n");
  return `# Benchmarks

Written by \`npm run bench\`. Every engine gets the same float32 weights and input, has them loaded, and gives the same
output (to 1e-4) before it is timed. Each is a process of its own. A round runs each engine once, one after the other
(short forwards some times in a row); min and median are over all calls. Ratios are our time over the peer's: below 1,
Unroll is faster. Two of them are by the least times · the median of the ratios within each round; the mark is what the worse one reaches: ✓ the
goal, "floor" what has to be reached, ✗ neither.

One thread each, unless it says otherwise. Unroll's time includes keeping the states of every layer, direction and
step; the others give the output only. In brackets is the path that this Node runs: relaxed SIMD is on from Node 22 and
VS Code 1.96. TensorFlow.js is on its faster backend for the case; its GRU has the reset gate before the product only,
so it computes that one (checked against ours with the same option) beside PyTorch's in ours. A peer whose call takes
more than 3 s is timed by one call, and ended after 30 s. Errors are against a float64 run.

Machine: ${machineBefore}.

${body}`;
}
