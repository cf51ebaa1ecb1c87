/** Interleaved timing: a round runs every contender once, so that a disturbance of the machine meets all of them. */
import { performance } from "node:perf_hooks";

const WARM_UP_ROUNDS = 3;

/** Milliseconds of one call. */
export async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Times contenders, each { name, time }, until `seconds` are over or `maxRounds` are done; at least five rounds. */
export async function interleave(contenders, { seconds, maxRounds }) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const contender of contenders) await contender.time();
  }
  const end = performance.now() + seconds * 1e3;
  for (let round = 0; round < maxRounds && (round < 5 || performance.now() < end); round++) {
    for (const contender of contenders) samples.get(contender.name).push(await contender.time());
  }
  return [...samples].map(([name, times]) => ({ name, rounds: times.length, ...summary(times) }));
}

function summary(times) {
  const sorted = [...times].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
  return { min: sorted[0], median };
}
