/**
 * Mistakes in the equations of the cell: the step as it is right, with a comment at the line that was wrong.
 */
import { fixedAlternatives } from "../alternatives/registry";
import type { FixFrame, Maker, Makers } from "./fix";
import { pythonString, tuple, typescriptString } from "./literals";
import { tensorGroups } from "./names";
import { pythonStep, type StepPart } from "./stepsPython";
import { typescriptStep } from "./stepsTypescript";

/** The step of the cell, and the user's names of what the first layer's is called with. */
export function step(at: StepPart): Maker {
  return (frame, wrong) => {
    const comment = `was: ${wrong.title}`;
    return {
      python: (dialect) => [
        ...pythonStep(frame.config, dialect, at, comment),
        "",
        ...pythonCall(frame),
      ],
      typescript: [...typescriptStep(frame.config, at, comment), ...typescriptCall(frame)],
    };
  };
}

function shapesLine(frame: FixFrame): string {
  return tensorGroups(frame)[0]!
    .map(({ shape }) => tuple(shape))
    .join(", ");
}

function pythonCall(frame: FixFrame): string[] {
  const names = tensorGroups(frame)[0]!.map(({ name }) => pythonString(name));
  const { cell } = frame.config;
  const states = cell === "LSTM" ? "h, c" : "h";
  return [
    `weights = ${tuple(names)}`,
    `# ${shapesLine(frame)}`,
    `# ${states} = ${cell.toLowerCase()}_step(x[t], ${states}, *(state[name] for name in weights))`,
  ];
}

function typescriptCall(frame: FixFrame): string[] {
  const names = tensorGroups(frame)[0]!.map(({ name }) => typescriptString(name));
  return [`const weights = [${names.join(", ")}];`, `// ${shapesLine(frame)}`];
}

const parts: Readonly<Record<string, StepPart>> = {
  "lstm/coupled-input-forget": "gates",
  "lstm/forget-gate-missing": "cell",
  "lstm/input-gate-missing": "cell",
  "lstm/candidate-added": "cell",
  "lstm/cell-tanh-missing": "output",
  "lstm/h-from-previous-c": "output",
  "lstm/output-gate-missing": "output",
  "lstm/cell-carried-squashed": "cell",
  "lstm/peephole-ignored": "gates",
  "lstm/peephole-output-from-previous-c": "outputGate",
  "projection/omitted": "projection",
  "projection/only-at-output": "projection",
  "gru/reset-before-product": "candidate",
  "gru/reset-missing": "candidate",
  "gru/reset-on-input": "candidate",
  "gru/reset-added": "candidate",
  "gru/bias-hn-outside": "candidate",
  "gru/bias-in-inside": "candidate",
  "gru/update-inverted": "update",
  "gru/update-not-complementary": "update",
  "activation/hard-sigmoid-keras2": "gates",
  "activation/hard-sigmoid-keras3": "gates",
  "activation/fast-sigmoid": "gates",
  "activation/gates-tanh": "gates",
  "bias/hh-missing": "sum",
  "bias/ih-missing": "sum",
  "bias/missing": "sum",
  "bias/ih-twice": "sum",
  "bias/hh-twice": "sum",
  "bias/doubled": "sum",
  "bias/last-gate-for-all": "sum",
  "state/recurrence-dropped": "sum",
};

/** Those of every tanh of the cell. */
const activations = fixedAlternatives.flatMap(({ id }) =>
  id.startsWith("activation/") && parts[id] === undefined ? [[id, "candidate"] as const] : [],
);

export const cellFixes: Makers = Object.fromEntries(
  [...Object.entries(parts), ...activations].map(([id, at]) => [id, step(at)]),
);
