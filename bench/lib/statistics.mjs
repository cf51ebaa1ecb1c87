/** Statistics of 100 million float32 in memory, ours and NumPy's, one thread each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { EngineProcess } from "./engineProcess.mjs";
import { interleave } from "./timing.mjs";

const COUNT = 100_000_000;
const script = fileURLToPath(new URL("../engines/numpy_engine.py", import.meta.url));

/** What is measured, by the words of numpy_engine.py. */
const TASKS = {
  moments: "least, largest, mean, deviation; zeros, NaN, infinities",
  all: "all of that, 128 bins and 9 percentiles",
};

/** { name, bytes, results } of each task; NumPy is left out where it is not there. */
export async function measureStatistics({ prepareStatistics }, python, { folder, seconds }) {
  const values = makeValues();
  const ours = prepareStatistics(values);
  const numpy = new EngineProcess({ id: "NumPy", threads: 1, command: [python, script] });
  const isThere = await numpy.isThere();
  if (isThere) await checkAgainst(numpy, ours, values, folder);
  const measured = [];
  for (const [what, name] of Object.entries(TASKS)) {
    const unroll = () => {
      const start = performance.now();
      ours[what]();
      return [performance.now() - start];
    };
    const peer = async () => (await numpy.ask({ do: "run", what })).ms;
    const contenders = [{ name: "Unroll", time: unroll }];
    if (isThere) contenders.push({ name: numpy.name, time: peer });
    const times = await interleave(contenders, seconds);
    const results = contenders.map((contender, at) => ({ name: contender.name, ...times[at] }));
    measured.push({ name, bytes: values.byteLength, results });
  }
  numpy.close();
  return measured;
}

/** Weights as a network has them: a sum of two uniform distributions, the same at every time. */
function makeValues() {
  const values = new Float32Array(COUNT);
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  for (let index = 0; index < COUNT; index++) values[index] = (next() + next()) / 10;
  return values;
}

/** @throws Error when NumPy has other moments. */
async function checkAgainst(numpy, ours, values, folder) {
  const path = join(folder, "statistics.f32");
  writeFileSync(path, values);
  const { moments } = await numpy.ask({ do: "load", path });
  const found = [...ours.all().moments];
  const isFar = (value, at) => Math.abs(value - found[at]) > 1e-9 * Math.max(1, Math.abs(value));
  if (moments.some(isFar)) throw new Error(`NumPy has the moments ${moments}, ours are ${found}`);
}
