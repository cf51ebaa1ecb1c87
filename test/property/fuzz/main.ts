/** The loop of `npm run fuzz`; options as in scripts/fuzz.mjs. Prints a line for each target, ends with 1 on a failure. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { mutate, mutations } from "./mutations";
import { survive } from "./survive";
import { targets, type FuzzTarget, type Seed } from "./targets";

/** An input that takes longer keeps a user waiting; on the processor, as what else runs here is not the input's. */
const maxMilliseconds = 1000;
/** What an input of a few kilobytes may add to the largest size of the process. */
const maxGrowthKilobytes = 256 * 1024;

/** `--name=N` or `--name N`. */
const option = (name: string): number | undefined => {
  const index = process.argv.findIndex(
    (each) => each === `--${name}` || each.startsWith(`--${name}=`),
  );
  if (index < 0) return undefined;
  const [, value = process.argv[index + 1]] = (process.argv[index] ?? "").split("=");
  return Number(value);
};

const minutes = option("minutes");
const seconds = option("seconds") ?? 60;
const firstSeed = option("seed") ?? Date.now() % 2 ** 31;
const words = process.argv.slice(2).filter((argument) => !/^(--|[\d.]+$)/.test(argument));
const folder = join(process.cwd(), "out", "fuzz");

interface Tally {
  inputs: number;
  refused: number;
  failures: number;
  /** Milliseconds of the slowest input. */
  slowest: number;
  /** Megabytes of the process when it was largest after an input. */
  peak: number;
}

function makeInput(files: readonly Seed[], seed: number): Uint8Array {
  const [sample] = fc.sample(fc.tuple(fc.nat(), fc.nat(), mutations), { seed, numRuns: 1 });
  const [first, second, changes] = sample ?? [0, 0, []];
  const file = files[first % files.length];
  const other = files[second % files.length];
  if (file === undefined || other === undefined) throw new Error("there is no seed");
  return file.wrap(mutate(file.bytes, other.bytes, changes));
}

/** Runs one input; returns what is wrong with it. */
async function judge(
  target: FuzzTarget,
  input: Uint8Array,
  tally: Tally,
): Promise<string | undefined> {
  const before = process.resourceUsage().maxRSS;
  const start = process.cpuUsage();
  try {
    if ((await survive(target.file, input, true)) !== undefined) tally.refused += 1;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  tally.peak = Math.max(tally.peak, process.memoryUsage.rss() / 2 ** 20);
  tally.slowest = Math.max(tally.slowest, took);
  if (took > maxMilliseconds) return `it took ${took.toFixed(0)} ms`;
  const growth = process.resourceUsage().maxRSS - before;
  return growth > maxGrowthKilobytes ? `it took ${(growth / 1024).toFixed(0)} MB` : undefined;
}

function keep(target: FuzzTarget, seed: number, input: Uint8Array, problem: string): void {
  mkdirSync(folder, { recursive: true });
  const extension = target.file.slice(target.file.lastIndexOf("."));
  const path = join(folder, `${target.name}-${seed}${extension}`);
  writeFileSync(path, input);
  console.log(`${path}: ${problem}`);
}

async function fuzz(target: FuzzTarget, milliseconds: number): Promise<Tally> {
  const files = await target.seeds();
  const tally: Tally = { inputs: 0, refused: 0, failures: 0, slowest: 0, peak: 0 };
  const end = performance.now() + milliseconds;
  for (let seed = firstSeed; performance.now() < end; seed += 1) {
    const input = makeInput(files, seed);
    const problem = await judge(target, input, tally);
    tally.inputs += 1;
    if (problem === undefined) continue;
    tally.failures += 1;
    keep(target, seed, input, problem);
  }
  return tally;
}

async function main(): Promise<void> {
  const chosen = targets.filter(({ name }) => words.length === 0 || words.includes(name));
  if (chosen.length === 0) throw new Error(`no target is named ${words.join(", ")}`);
  const secondsEach = minutes === undefined ? seconds / chosen.length : 60 * minutes;
  console.log(`seed ${firstSeed}, ${secondsEach.toFixed(0)} s each`);
  for (const target of chosen) {
    const { inputs, refused, failures, slowest, peak } = await fuzz(target, 1000 * secondsEach);
    const figures = [
      `${inputs} inputs, ${refused} refused`,
      `slowest ${slowest.toFixed(0)} ms, peak ${peak.toFixed(0)} MB, ${failures} failed`,
    ];
    console.log(`${target.name}: ${figures.join(", ")}`);
    if (failures > 0) process.exitCode = 1;
  }
}

void main();
