/** One network through every engine: the same output first, then how long each takes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { interleave, repeatsFor } from "./timing.mjs";
import { readFloats } from "./values.mjs";

/** An engine whose output is farther from ours computes something else, and is not timed. */
const MAX_DISTANCE = 1e-4;

/** A call that takes longer is ended, and counts as taking so long. */
const CALL_LIMIT_MS = 30_000;

/** A peer that takes longer is measured by its first call only, and slows down no round. */
const ONE_CALL_MS = 3000;

/** Steps of the network that is compared where the whole one takes too long. */
const SHORT_STEPS = 16;

function largestDistance(left, right) {
  let largest = left.length === right.length ? 0 : Infinity;
  for (let index = 0; index < left.length; index++) {
    const distance = Math.abs(left[index] - right[index]);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

function readDoubles(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
}

/** Milliseconds of the engine's first call, and its output. */
async function firstOutput(engine, manifest, folder, options = {}) {
  const { detail } = await engine.ask({ do: "prepare", manifest, ...options });
  const path = join(folder, "output.f32");
  const { ms } = await engine.ask({ do: "output", path }, CALL_LIMIT_MS);
  return { ms, detail, output: readFloats(path) };
}

/** The output in float64: PyTorch's where it is there, else our own in float64. */
async function referenceOutput(engines, manifest, folder) {
  const torch = engines.find(({ id, threads }) => id === "PyTorch" && threads === 1);
  const path = join(folder, "reference.f64");
  if (torch !== undefined) await torch.ask({ do: "prepare", manifest });
  await (torch ?? engines[0]).ask({ do: "reference", manifest, path });
  return readDoubles(path);
}

/**
 * Measures one case; the first engine is ours.
 *
 * Gives a row for each engine: { engine, detail, distance, error, times, note }. `times` is { min, median, rounds }, with
 * `bounded` where the engine was ended after that time, or null; `note` says why something is otherwise than for the
 * other engines.
 */
export async function measureForward(engines, manifest, { folder, seconds }) {
  const reference = await referenceOutput(engines, manifest, folder);
  const ours = await firstOutput(engines[0], manifest, folder);
  const context = { manifest, folder, ours, reference, unroll: engines[0] };
  const rows = [rowOf(engines[0], ours, ours.output, reference)];
  for (const engine of engines.slice(1)) rows.push(await comparePeer(engine, context));
  const timed = rows.filter(({ times }) => times === undefined);
  const times = await interleave(timed.map(contenderOf), seconds);
  timed.forEach((row, index) => Object.assign(row, { times: times[index] }));
  return rows;
}

function rowOf(engine, { ms, detail, output }, expected, reference) {
  const distance = largestDistance(output, expected);
  const error = reference === null ? null : largestDistance(output, reference);
  return { engine, detail, distance, error, note: "", firstMs: ms };
}

function contenderOf({ engine, firstMs }) {
  let repeats = repeatsFor(firstMs);
  return {
    settle: engine.threads !== 1,
    time: async () => {
      const { ms } = await engine.ask({ do: "run", repeats });
      // The first call of an engine is its slowest.
      repeats = repeatsFor(Math.min(...ms));
      return ms;
    },
  };
}

async function comparePeer(engine, context) {
  const { manifest, folder, ours, reference } = context;
  try {
    if (hasOtherGru(engine, manifest)) {
      const expected = await oursAgain(context, manifest, { resetAfter: false });
      return checked(rowOf(engine, await firstOutput(engine, manifest, folder), expected, null));
    }
    const first = await firstOutput(engine, manifest, folder);
    return checked(rowOf(engine, first, ours.output, reference));
  } catch (error) {
    return error.timedOut ? compareShort(engine, context) : unmeasured(engine, error.message);
  }
}

/** TensorFlow.js has the GRU of Cho et al. only, which is not PyTorch's: it is compared with ours of that kind. */
function hasOtherGru({ id }, { cell }) {
  return id === "TensorFlow.js" && cell === "GRU";
}

/** Not timed when it computes something else; by its one call when that takes long. */
function checked(row) {
  if (!(row.distance <= MAX_DISTANCE)) {
    process.exitCode = 1;
    return { ...row, times: null, note: "computes something else" };
  }
  if (row.firstMs < ONE_CALL_MS) return row;
  const times = { min: row.firstMs, median: row.firstMs, rounds: 1 };
  return { ...row, times, note: "one call" };
}

function unmeasured(engine, note) {
  return { engine, detail: null, distance: null, error: null, times: null, note };
}

/** Output of ours for something else than the case, which it is ready for again afterwards. */
async function oursAgain({ unroll, manifest, folder }, other, options) {
  const { output } = await firstOutput(unroll, other, folder, options);
  await unroll.ask({ do: "prepare", manifest });
  return output;
}

/** The engine took too long: its first steps are compared, and its time is a bound. */
async function compareShort(engine, context) {
  const { manifest, folder } = context;
  const short = { ...manifest, seqLength: SHORT_STEPS };
  const resetAfter = !hasOtherGru(engine, manifest);
  const expected = await oursAgain(context, short, { resetAfter });
  const row = checked(rowOf(engine, await firstOutput(engine, short, folder), expected, null));
  if (row.times === null) return row;
  const times = { min: CALL_LIMIT_MS, median: CALL_LIMIT_MS, rounds: 1, bounded: true };
  const note = `ended after ${CALL_LIMIT_MS / 1000} s; its first ${SHORT_STEPS} steps compared`;
  return { ...row, times, note };
}
