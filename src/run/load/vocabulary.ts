/**
 * The words of tokens, out of a file that says which word each number is.
 */
import { baseName } from "../../core/baseName";
import { FormatError, UnsupportedError } from "../../core/errors";
import { text } from "../../core/text";
import type { Tensor } from "../../tensor/tensor";
import type { ArchiveFiles } from "./tensors/chooseTensor";

/** Words by their tokens. */
export type Vocabulary = ReadonlyMap<number, string>;

/** More different words than these are not shown of one input. */
const MOST_WORDS = 4096;

/**
 * Reads a vocabulary: JSON, an object word → number or number → word, a list, a tokenizer.json, or a configuration with id2label; or text, a word a line.
 * @throws FormatError for what holds no words, UnsupportedError where no text can be read.
 */
export async function readVocabulary(location: string, files: ArchiveFiles): Promise<Vocabulary> {
  const name = baseName(location);
  if (files.text === undefined) {
    throw new UnsupportedError(name, text("vocabularies cannot be read here"));
  }
  const content = (await files.text(location)).replace(/^\uFEFF/, "");
  const words = /\.json$/i.test(name) ? wordsOfJson(name, content) : wordsOfLines(content);
  if (words.size > 0) return words;
  throw new FormatError(name, text("this holds no words of a vocabulary"));
}

function wordsOfJson(name: string, content: string): Map<number, string> {
  try {
    return wordsOf(JSON.parse(content));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError(name, text("this is no JSON"), { cause: error });
  }
}

function wordsOf(value: unknown): Map<number, string> {
  const listed = Array.isArray(value) ? value : null;
  if (listed !== null) {
    // A list of pieces with their scores, as Unigram tokenizers have it.
    const pieces = listed.map((each: unknown) =>
      Array.isArray(each) ? (each[0] as unknown) : each,
    );
    return collected(pieces.map((word, token) => [token, word]));
  }
  if (typeof value !== "object" || value === null) return new Map();
  const { model, vocab, id2label } = value as Readonly<Record<string, unknown>>;
  if (typeof id2label === "object" && id2label !== null) return wordsOf(id2label);
  if (typeof model === "object" && model !== null) return wordsOf(model);
  if (typeof vocab === "object" && vocab !== null) return wordsOf(vocab);
  return collected(
    Object.entries(value).map(([key, other]: [string, unknown]) =>
      typeof other === "string" ? [Number(key), other] : [other, key],
    ),
  );
}

/** A line that ends with a tab and a number says its token itself. */
function wordsOfLines(content: string): Map<number, string> {
  const lines = content.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return collected(
    lines.map((line, at) => {
      const [, word, token] = /^(.*)\t(\d+)$/.exec(line) ?? [];
      return word === undefined ? [at, line] : [Number(token), word];
    }),
  );
}

/** What is no word of a token is left out. */
function collected(pairs: readonly (readonly [unknown, unknown])[]): Map<number, string> {
  const words = new Map<number, string>();
  for (const [token, word] of pairs) {
    if (typeof word !== "string" || !Number.isSafeInteger(token)) continue;
    words.set(token as number, word);
  }
  return words;
}

/** The names of the first numbers. */
export function firstWords(vocabulary: Vocabulary, count: number): (readonly [number, string])[] {
  return [...vocabulary]
    .filter(([number]) => number >= 0 && number < Math.min(count, MOST_WORDS))
    .sort(([left], [right]) => left - right);
}

/** The words of the tokens that an input has, in the order of their numbers. */
export function wordsIn(vocabulary: Vocabulary, { data }: Tensor): (readonly [number, string])[] {
  const tokens = new Set<number>();
  for (const token of data) {
    if (tokens.size === MOST_WORDS) break;
    tokens.add(token);
  }
  return [...tokens]
    .sort((left, right) => left - right)
    .flatMap((token) => {
      const word = vocabulary.get(token);
      return word === undefined ? [] : [[token, word] as const];
    });
}
