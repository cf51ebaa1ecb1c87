/**
 * What a fix is, what it is written for, and how its lines are put together in each language.
 */
import { numDirections, type RecurrentConfig } from "../../model/config";
import type { Finding, Fix, Named, Parameter } from "../answer";
import type { Case } from "../base/model";
import { numpyDialect, torchDialect, type Dialect } from "./dialects";
import { pythonString, typescriptString } from "./literals";

/** What was found: a finding, or one that fits as well. */
export type Mistake = Named & Partial<Pick<Finding, "parameter">>;

/** The user's names. They come out of files: in lines they are string literals only. */
export interface FixNames {
  readonly weightsFile: string;
  /** What stands before PyTorch's names in the file: `encoder.lstm.`. */
  readonly prefix: string;
  /** Names in the file by PyTorch's, where they are not prefix + PyTorch's name. */
  readonly tensorNames?: ReadonlyMap<string, string>;
}

/** The user's run, as far as lines name it. */
export interface FixFrame extends FixNames {
  readonly config: RecurrentConfig;
  /** T. */
  readonly seqLength: number;
  /** B. */
  readonly batchSize: number;
  /** Valid steps of each row; null where all rows have T. */
  readonly lengths: readonly number[] | null;
}

/** What fixes of a case are written for. */
export function frameOf({ model, hasLengths }: Case, names: FixNames): FixFrame {
  const { config, seqLength, batchSize, lengths } = model;
  return { config, seqLength, batchSize, lengths: hasLengths ? [...lengths] : null, ...names };
}

/** Lines of a fix without imports. */
export interface Body {
  readonly python: (dialect: Dialect) => readonly string[];
  readonly typescript: readonly string[];
}

/** What was done otherwise, in one line, and the value of a free parameter. */
export interface Wrong {
  readonly title: string;
  readonly parameter: Parameter | null;
}

/** Writes a fix. */
export type Maker = (frame: FixFrame, wrong: Wrong) => Body;

/** Makers by the ids they mend. */
export type Makers = Readonly<Record<string, Maker>>;

/** The same maker for several ids of a family. */
export function sameMaker(family: string, names: readonly string[], maker: Maker): Makers {
  return Object.fromEntries(names.map((name) => [`${family}/${name}`, maker]));
}

/** Imports, a comment that says what the lines are for, and the lines. */
export function written(frame: FixFrame, { python, typescript }: Body): Fix {
  const sizes = sizesLine(frame);
  const inPython = (dialect: Dialect): string =>
    [
      dialect.importLine,
      "",
      `# ${pythonString(frame.weightsFile)}: ${sizes}`,
      ...python(dialect),
      "",
    ].join("\n");
  return {
    pytorch: inPython(torchDialect),
    numpy: inPython(numpyDialect),
    typescript: [`// ${typescriptString(frame.weightsFile)}: ${sizes}`, ...typescript, ""].join(
      "\n",
    ),
  };
}

function sizesLine({ config, seqLength, batchSize }: FixFrame): string {
  const sizes: readonly (readonly [string, number])[] = [
    ["T", seqLength],
    ["B", batchSize],
    ["I", config.inputSize],
    ["H", config.hiddenSize],
    ...(config.projSize > 0 ? [["P", config.projSize] as const] : []),
    ["L", config.numLayers],
    ["D", numDirections(config)],
  ];
  const kind = config.cell + (config.isCellClass ? "Cell" : "");
  return `${kind}, ${sizes.map(([letter, size]) => `${letter} = ${size}`).join(", ")}`;
}

/** Lines of a block one level deeper. */
export function indented(lines: readonly string[], by = "    "): string[] {
  return lines.map((line) => (line === "" ? "" : by + line));
}
