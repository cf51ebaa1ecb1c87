/**
 * The differential by hand: thousands of random runs against PyTorch, and what came of them by kind.
 *
 * node report.js [--cases=N] [--seed=S] [--case=K]
 */
import { engines } from "../../unit/support/engines";
import { findPackages } from "../../unit/support/python/python";
import { sweep } from "./sweep";

/** A fault shows in most cases, so the first ones are enough to see it. */
const maxPrinted = 20;

/** `--name=value` among the arguments, as a whole number. */
function option(name: string, fallback: number): number {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  const value = found === undefined ? fallback : Number(found.slice(name.length + 3));
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${found ?? name} is no number`);
  return value;
}

async function main(): Promise<void> {
  const found = findPackages(["torch", "numpy", "safetensors"]);
  if ("missing" in found) throw new Error(found.missing);
  const seed = option("seed", Date.now() % 1_000_000);
  const single = process.argv.some((argument) => argument.startsWith("--case="));
  const indices = single ? [option("case", 0)] : [`0-${option("cases", 3000) - 1}`];
  const names = engines.map(({ name }) => name).join(", ");
  console.log(`PyTorch ${found.versions["torch"] ?? ""}, ${names}, --seed=${seed}`);
  const { cases, tally, secondLooks, failures } = await sweep(seed, indices, engines);
  console.log(tally.table());
  for (const failure of failures.slice(0, maxPrinted)) console.log(failure);
  console.log(
    `${cases} cases, ${tally.total} runs, ${secondLooks} looked at twice, largest ratio ` +
      `${tally.worstRatio().toFixed(2)}: ${failures.length} farther off than allowed`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void main();
