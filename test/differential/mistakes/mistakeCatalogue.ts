/**
 * The catalogue of mistakes as docs/diagnosis.md has it: every id, when it can be made, and what was done.
 */
import { renderText } from "../../../src/core/text";
import { fixedAlternatives } from "../../../src/diagnosis/alternatives/registry";
import type { Alternative } from "../../../src/diagnosis/alternatives/alternative";
import type { Case, Model } from "../../../src/diagnosis/base/model";
import { pytorchVariant, type RecurrentConfig } from "../../../src/model/config";

/** A property of a module that a mistake may need, by the words of the catalogue. */
interface Property {
  readonly words: string;
  readonly holds: (the: Case) => boolean;
}

const properties: readonly Property[] = [
  { words: "two directions", holds: ({ model }) => model.config.bidirectional },
  { words: "two layers", holds: ({ model }) => model.config.numLayers > 1 },
  { words: "biases", holds: ({ model }) => model.config.bias },
  { words: "projection", holds: ({ model }) => model.config.projSize > 0 },
  { words: "no projection", holds: ({ model }) => model.config.projSize === 0 },
  { words: "peepholes", holds: ({ model }) => model.config.variant.peephole },
  { words: "lengths", holds: (the) => the.hasLengths },
  { words: "no lengths", holds: (the) => !the.hasLengths },
  { words: "a batch", holds: (the) => !the.unbatched },
  { words: "relu", holds: ({ model }) => model.config.nonlinearity === "relu" },
];

const bools = [true, false];

/** Every combination of the values of each key. */
function combined<Values extends object>(choices: {
  readonly [Key in keyof Values]: readonly Values[Key][];
}): Values[] {
  return Object.entries<readonly unknown[]>(choices).reduce<object[]>(
    (found, [key, values]) =>
      found.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  ) as Values[];
}

type Sampled = Omit<RecurrentConfig, "variant" | "reverseOnly">;

/** Modules of every kind, some of whose sizes are the same. */
function samples(): Case[] {
  const configs = combined<Sampled & { peephole: boolean }>({
    cell: ["RNN", "LSTM", "GRU"],
    nonlinearity: ["tanh", "relu"],
    bidirectional: bools,
    bias: bools,
    numLayers: [1, 2],
    projSize: [0, 2],
    peephole: bools,
    inputSize: [2, 3, 4, 8],
    hiddenSize: [4],
    isCellClass: [false],
    batchFirst: [false],
  });
  return configs
    .filter(({ cell, nonlinearity }) => cell === "RNN" || nonlinearity === "tanh")
    .filter(({ cell, projSize, peephole }) => cell === "LSTM" || (projSize === 0 && !peephole))
    .flatMap(({ peephole, ...config }) => {
      const own = { ...config, variant: { ...pytorchVariant, peephole } };
      return bools.flatMap((lengths) => bools.map((one) => sampleOf(own, lengths, one)));
    });
}

function sampleOf(config: RecurrentConfig, hasLengths: boolean, unbatched: boolean): Case {
  // Conditions read sizes alone.
  const model = { config, seqLength: 6, batchSize: unbatched ? 1 : 5 } as Model;
  const nothing = { output: null, hn: null, cn: null };
  return {
    model,
    hasLengths,
    unbatched,
    reference: nothing,
    hasH0: false,
    hasPadding: hasLengths,
  };
}

const all = samples();

/** The cells and properties that every module has that a mistake can be made with. */
function appliesTo({ applies }: Alternative): string {
  const own = all.filter((the) => applies(the));
  const cells = [...new Set(own.map(({ model }) => model.config.cell))];
  const needed = properties.filter(({ holds }) => own.every(holds));
  const rest = all.filter(
    (the) => cells.includes(the.model.config.cell) && needed.every(({ holds }) => holds(the)),
  );
  const words = needed.map((property) => property.words);
  const isPlain = rest.every((the) => applies(the));
  const cellWords = cells.length === 3 ? [] : [cells.join(", ")];
  return [...cellWords, ...words, ...(isPlain ? [] : ["sizes and options that fit"])].join("; ");
}

/** Mistakes whose parameter is found; they are no alternatives of the registry. */
const free: readonly (readonly [id: string, applies: string, title: string])[] = [
  ["permutation/batch-rows", "a batch", "output, h_n and c_n have their rows in another order"],
  [
    "permutation/units",
    "no projection",
    "each layer and direction has its units in another order, the same in output, h_n and c_n",
  ],
  [
    "dropout/between-layers",
    "two layers",
    "train mode: what layer 1 reads is layer 0 times 0 or 1/(1 − p)",
  ],
  ["dropout/on-output", "", "elements of the output are 0 or 1/(1 − p) times as large"],
  ["precision/bfloat16", "", "computed in bfloat16: every value is one of its numbers"],
  ["precision/float16", "", "computed in float16: every value is one of its numbers"],
  ["data/isolated-values", "", "at most three values, and fewer than one in twenty, are off"],
  ["data/other-weights", "", "no mistake of code: other weights, another input, noise"],
];

const NOTATION = `## The catalogue

An id says what the reference's forward did otherwise than \`nn.RNN\`, \`nn.LSTM\` or \`nn.GRU\` on the weights of the file;
the same id is said when the weights are in another framework's layout and the reference is right. Ids are never renamed
and never used again. Mistakes of the first table are tried before those of the second, whose parameter is found; two at
once come last.

T steps, B rows of the batch, I features of the input, H units, R the projection or H, L layers, D directions; h′ and c′
are the state before a step. Row block k of W_ih, W_hh, b_ih and b_hh are its rows k·H … (k+1)·H − 1, one for each gate:
i f g o of an LSTM, r z n of a GRU. An id of \`gates/\` names the gates that blocks 0, 1, 2 … were taken for. "Viewed" is a
buffer in its present order read in another shape. h_n and c_n have row l·D + d for layer l and direction d. The exact
definition is the object of the id in \`src/diagnosis/alternatives\`, and once more in
\`test/fixtures/generate/mistake_catalogue.py\`.`;

export function catalogueText(): string {
  const line = (id: string, applies: string, title: string): string =>
    `| \`${id}\` | ${applies} | ${title.replaceAll("|", "\\|")} |`;
  const head = ["| Id | Needs | What was done |", "| --- | --- | --- |"];
  const fixed = fixedAlternatives.map((one) => line(one.id, appliesTo(one), renderText(one.title)));
  const found = free.map((one) => line(...one));
  return [NOTATION, [...head, ...fixed].join("\n"), [...head, ...found].join("\n")].join("\n\n");
}
