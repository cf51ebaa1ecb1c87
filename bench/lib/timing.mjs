/** Interleaved timing: a round runs every contender, so that a disturbance of the machine meets all of them. */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

const MAX_ROUNDS = 1000;
const MIN_ROUNDS = 3;
const WARM_UP_ROUNDS = 3;
/** Part of the time that warming up may take after its first round. */
const WARM_UP_SHARE = 0.1;

/** A contender that has taken this part of the time is left out of the rounds after the first ones. */
const SLOW_SHARE = 0.25;

/** A short forward is repeated within its turn, so that it is not measured with another engine's data in the cache. */
const TURN_MS = 5;
const MAX_REPEATS = 100;

/** Pools of threads spin for a while when their work is over; whoever is next would pay for it. */
const SETTLE_MS = 20;

/** Calls in one turn of a contender that takes about `ms`. */
export function repeatsFor(ms) {
  return Math.max(1, Math.min(MAX_REPEATS, Math.round(TURN_MS / ms)));
}

/**
 * Times contenders, each { time() → milliseconds of each call, settle }, for about `seconds`.
 *
 * Gives { min, median, rounds, turns } of each, where `rounds` counts its calls and `turns` has the median of each round's
 * turn, null where it was left out.
 */
export async function interleave(contenders, seconds) {
  const samples = contenders.map(() => []);
  const turns = contenders.map(() => []);
  const round = async (indices) => {
    for (const index of contenders.keys()) {
      if (!indices.includes(index)) {
        turns[index].push(null);
        continue;
      }
      const { time, settle = false } = contenders[index];
      const times = await time();
      samples[index].push(...times);
      turns[index].push(summary(times).median);
      if (settle) await sleep(SETTLE_MS);
    }
  };
  const all = [...contenders.keys()];
  const start = performance.now();
  const spent = () => (performance.now() - start) / 1e3 / seconds;
  for (let count = 0; count < WARM_UP_ROUNDS && (count === 0 || spent() < WARM_UP_SHARE); count++) {
    await round(all);
  }
  for (const times of [...samples, ...turns]) times.length = 0;
  for (let count = 0; count < MAX_ROUNDS && (count < MIN_ROUNDS || spent() < 1); count++) {
    const isSlow = (index) => sum(samples[index]) > SLOW_SHARE * seconds * 1e3;
    await round(count < MIN_ROUNDS ? all : all.filter((index) => !isSlow(index)));
  }
  return samples.map((times, index) => ({
    rounds: times.length,
    turns: turns[index],
    ...summary(times),
  }));
}

/**
 * The median of what one took over what the other took in the same round: the machine may be slower in some rounds, for
 * both. Of the medians where there are no common rounds.
 */
export function medianRatio(one, other) {
  const ratios = (one.turns ?? []).flatMap((ms, round) => {
    const of = other.turns?.[round] ?? null;
    return ms === null || of === null ? [] : [ms / of];
  });
  return ratios.length === 0 ? one.median / other.median : summary(ratios).median;
}

const sum = (times) => times.reduce((total, ms) => total + ms, 0);

/** Least and middle of some times. */
export function summary(times) {
  const sorted = [...times].sort((left, right) => left - right);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
  return { min: sorted[0], median };
}
