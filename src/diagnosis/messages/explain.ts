/**
 * Explains a pasted message or traceback: every message in it that is known, what its numbers are, which tensors of
 * some files they mean, and what would make it fit. What is not known is not guessed.
 */
import type { Shape } from "../../tensor/tensor";
import { renderText, text, type Text } from "../../core/text";
import { parameterNamed } from "../../model/parameters";
import { cellMessages, packingMessages } from "./torchCells";
import { comparisonMessages } from "./comparison";
import { constructionMessages } from "./torchConstruction";
import { forwardMessages } from "./torchForward";
import { stateMessages } from "./torchStates";
import { joinMessages } from "./joins";
import { kerasMessages } from "./keras";
import { kerasWeightMessages } from "./kerasWeights";
import { onnxMessages } from "./onnxRuntime";
import { productMessages } from "./products";
import { stateDictMessage } from "./stateDict/stateDict";
import { recurrentKey } from "./stateDict/keys";
import { plainSource } from "./plainSource";
import type { FileContents, FileTensor, MessageKind, Reading, Wanted } from "./base/message";
import type { Found, Values } from "./base/wording";

/** All messages that are known. */
const messageKinds: readonly MessageKind[] = [
  stateDictMessage,
  ...forwardMessages,
  ...stateMessages,
  ...cellMessages,
  ...packingMessages,
  ...constructionMessages,
  ...productMessages,
  ...joinMessages,
  ...kerasMessages,
  ...kerasWeightMessages,
  ...onnxMessages,
  ...comparisonMessages,
];

/** Different messages of one text that are explained. */
const MAX_MESSAGES = 20;
/** Tensors that one message names. */
const MAX_TENSORS = 12;

/** A message of the text, explained. */
export interface ExplainedMessage {
  readonly id: string;
  /** The message as it stands in the text, in one line. */
  readonly source: string;
  readonly values: Values;
  readonly means: readonly Text[];
  readonly fits: readonly Text[];
  /** Tensors of files that it may mean. */
  readonly tensors: readonly {
    readonly file: string;
    readonly name: string;
    readonly shape: Shape;
  }[];
}

/** What could be read of a text in which no message is known. */
export interface UnknownText {
  readonly sentence: Text;
  /** Shapes that stand in it, as they are written. */
  readonly shapes: readonly string[];
  /** Names of parameters of recurrent modules. */
  readonly keys: readonly string[];
}

export interface Explanation {
  /** In the order of the text. */
  readonly messages: readonly ExplainedMessage[];
  /** null where a message is known. */
  readonly unknown: UnknownText | null;
}

/** Explains a text with the help of some files. */
export function explainText(pasted: string, files: readonly FileContents[] = []): Explanation {
  const source = plainSource(pasted);
  const lowerCase = source.toLowerCase();
  const found = messageKinds.flatMap((kind) =>
    kind.find(source, lowerCase).map((each) => ({ kind, found: each })),
  );
  const told = withoutInner(found).slice(0, MAX_MESSAGES);
  const tensors = told.length === 0 ? [] : tensorsOf(files);
  const messages = told.map(({ kind, found: each }) =>
    explained(kind.id, source.slice(each.start, each.end), {
      values: each.values,
      reading: kind.read(each.values, files),
      tensors,
    }),
  );
  return { messages, unknown: messages.length === 0 ? unknownText(source, lowerCase) : null };
}

interface KnownPlace {
  readonly kind: MessageKind;
  readonly found: Found;
}

/** Without those that lie within another one, and without those that say the same again. */
function withoutInner(found: readonly KnownPlace[]): KnownPlace[] {
  const ordered = [...found].sort(
    (left, right) => left.found.start - right.found.start || right.found.end - left.found.end,
  );
  const kept: KnownPlace[] = [];
  const said = new Set<string>();
  let end = 0;
  for (const each of ordered) {
    if (each.found.end <= end) continue;
    end = each.found.end;
    const key = `${each.kind.id} ${JSON.stringify(each.found.values)}`;
    if (!said.has(key)) kept.push(each);
    said.add(key);
  }
  return kept;
}

function explained(
  id: string,
  source: string,
  {
    values,
    reading,
    tensors,
  }: { values: Values; reading: Reading; tensors: readonly FileTensor[] },
): ExplainedMessage {
  const matched = (reading.wanted ?? []).flatMap((wanted) => matchedBy(wanted, tensors));
  const once = new Map(matched.map((each) => [`${each.tensor.file}#${each.tensor.name}`, each]));
  const told = [...once.values()].slice(0, MAX_TENSORS);
  return {
    id,
    source,
    values,
    means: distinct([...reading.means, ...told.flatMap(({ means }) => means ?? [])]),
    fits: distinct([...told.flatMap(({ fits }) => fits ?? []), ...reading.fits]),
    tensors: told.map(({ tensor: { file, name, shape } }) => ({ file, name, shape })),
  };
}

function matchedBy(
  wanted: Wanted,
  tensors: readonly FileTensor[],
): { tensor: FileTensor; means?: Text; fits?: Text }[] {
  return tensors.flatMap((tensor) => {
    const said = wanted(tensor);
    return said === null ? [] : [{ tensor, ...said }];
  });
}

function distinct(sentences: readonly Text[]): Text[] {
  return [...new Map(sentences.map((each) => [renderText(each), each])).values()];
}

/** The tensors of files, each with the module that it is a parameter of. */
function tensorsOf(files: readonly FileContents[]): FileTensor[] {
  return files.flatMap(({ file, entries, modules }) => {
    const byPrefix = new Map(modules.map((module) => [module.prefix, module]));
    return entries.map(({ name, shape }) => {
      const prefix = recurrentKey(name)?.prefix;
      const module = prefix === undefined ? undefined : byPrefix.get(prefix);
      const parameter = module && parameterNamed(module.config, name.slice(prefix?.length));
      const isParameter = module !== undefined && parameter !== undefined;
      return {
        file,
        name,
        shape,
        module: isParameter ? module : null,
        parameter: isParameter ? parameter : null,
      };
    });
  });
}

const writtenShape = /(?:torch\.Size\()?[[({]\d[\dx, ]{0,80}[\])}]/g;
const writtenKey = /(?:weight|bias)_(?:ih|hh|hr)_l\d{1,4}(?:_reverse)?/g;
/** Shapes and keys of an unknown text that are listed. */
const MAX_LISTED = 10;

function unknownText(source: string, lowerCase: string): UnknownText {
  const shapes = listed(source, writtenShape);
  const keys = listed(source, writtenKey);
  const begun = messageKinds.find((kind) => kind.begins?.(lowerCase) === true);
  if (source.trim() === "") return { shapes, keys, sentence: nothingPasted };
  return {
    ...{ shapes, keys },
    sentence: begun === undefined ? unknownSentence(shapes, keys) : cutSentence(begun.id),
  };
}

const nothingPasted = text(
  "There is no text. Paste the last lines of the traceback, with the message itself.",
);

function cutSentence(id: string): Text {
  return text(
    "A message that is known, {0}, begins here and does not go on as it does elsewhere: it may be cut off. Paste all of it, with its numbers.",
    id,
  );
}

function unknownSentence(shapes: readonly string[], keys: readonly string[]): Text {
  if (shapes.length === 0 && keys.length === 0) {
    return text(
      "No message that is known here stands in this text, and neither shapes nor names of weights. Paste the last lines of the traceback, with the message itself.",
    );
  }
  return text(
    "No message that is known here stands in this text. What could be read of it: {0}. What they mean is not known.",
    [...shapes, ...keys],
  );
}

function listed(source: string, pattern: RegExp): string[] {
  const found = new Set<string>();
  for (const [each] of source.matchAll(pattern)) {
    found.add(each);
    if (found.size === MAX_LISTED) break;
  }
  return [...found];
}
