/** How soon the examples have their first picture's values and an embedded verdict, in the build in `dist`. */
import { existsSync, readdirSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ROUNDS = 3;
/** It has no picture. */
const CLASHING = "does-not-fit";

/** { name, opened, verdict, agrees, load } of each example, the fastest of some rounds; null without a build. */
export async function measureEmbedded({ timeEmbedded }) {
  const script = join(root, "dist/worker.js");
  if (!existsSync(script)) return null;
  const measured = [];
  for (const name of readdirSync(join(root, "examples"))) {
    const runFile = join(root, "examples", name, `${name}.unroll.json`);
    if (name === CLASHING || !existsSync(runFile)) continue;
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await timeEmbedded(runFile, script));
    const least = (of) => Math.min(...rounds.map((one) => one[of]));
    measured.push({
      name,
      opened: least("opened"),
      verdict: least("verdict"),
      agrees: rounds.every(({ agrees }) => agrees),
      load: loadavg()[0],
    });
  }
  return measured;
}
