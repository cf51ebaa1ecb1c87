/**
 * An engine in a process of its own: one JSON request a line on stdin, one answer a line on stdout.
 *
 * So no engine's threads, garbage or crash are another's, a call that takes too long can be ended, and each call is
 * timed on its own side of the pipe.
 */
import { writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { peakMebibytes } from "./peakMemory.mjs";

/** Milliseconds of one call. */
async function timed(action) {
  const start = performance.now();
  const result = action();
  if (result instanceof Promise) await result;
  return performance.now() - start;
}

/**
 * Answers requests until stdin ends.
 *
 * `engine` is { name, prepare(manifest, options) → { run, release, detail? }, …more requests }; `run` gives the output
 * (T, B, D·H), at once or later.
 */
export async function serve({ name, prepare, ...more }) {
  let network = null;
  const handlers = {
    hello: () => ({ name }),
    prepare: async ({ manifest, ...options }) => {
      await network?.release();
      network = await prepare(manifest, options);
      return { detail: network.detail ?? null };
    },
    output: async ({ path }) => {
      let output = null;
      const ms = await timed(async () => {
        output = await network.run();
      });
      writeFileSync(path, output);
      return { ms };
    },
    run: async ({ repeats }) => {
      const ms = [];
      for (let call = 0; call < repeats; call++) ms.push(await timed(network.run));
      return { ms };
    },
    memory: () => ({ peakMiB: peakMebibytes() }),
    ...more,
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer = await Promise.resolve(request)
      .then((given) => handlers[given.do](given))
      .catch((error) => ({ error: error.message.split("\n", 1)[0] }));
    console.log(JSON.stringify(answer));
  }
  // Some engines' threads would keep the process alive.
  process.exit();
}
