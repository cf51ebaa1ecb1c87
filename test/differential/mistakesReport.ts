/**
 * The diagnosis by hand: every case of folders with a truth.json, and what came of them by family.
 *
 * node mistakesReport.js [--json] FOLDER…
 */
import { describeTruth, judgeCase, readTruths, type Judgement } from "./mistakeCases";

async function main(): Promise<void> {
  const judged: Judgement[] = [];
  for (const folder of process.argv.slice(2)) {
    for (const truth of readTruths(folder)) {
      const one = await judgeCase(truth);
      if (!one.isRight) console.log(`${describeTruth(truth)}\n    ${one.why}`);
      judged.push(one);
    }
  }
  const wrong = judged.filter(({ isRight }) => !isRight).length;
  console.log(`${judged.length} cases, ${wrong} not right`);
}

void main();
