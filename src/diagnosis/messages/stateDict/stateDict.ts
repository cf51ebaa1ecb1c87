/**
 * What `load_state_dict` says, torch 0.3 to 2.13: which keys are missing, which are unexpected, which have other shapes.
 */
import type { MessageKind } from "../base/message";
import { readStateDict } from "./reading";
import { shapeIn, wording, wordIn, type Found, type Values } from "../base/wording";
import type { Mismatch, StateDictBlock } from "./keys";

/** Keys that are looked at; a model has as many at most, and one more tells nothing new. */
const MAX_KEYS = 5000;

const header = wording("Error(s) in loading state_dict for {class:word}:");
const mismatches = [
  wording(
    "size mismatch for {key:key}: copying a param with shape {checkpoint:shape} from checkpoint, the shape in current model is {model:shape}",
  ),
  wording(
    "size mismatch for {key:key}: copying a param of {checkpoint:shape} from checkpoint, where the shape is {model:shape} in current model",
  ),
  wording(
    'While copying the parameter named "{key:key}", whose dimensions in the model are {model:shape} and whose dimensions in the checkpoint are {checkpoint:shape}',
  ),
  wording(
    "While copying the parameter named {key:key}, whose dimensions in the model are {model:shape} and whose dimensions in the checkpoint are {checkpoint:shape}",
  ),
];
const missing = ["Missing key(s) in state_dict:", "missing keys in state_dict:", "missing_keys=["];
const unexpected = ["Unexpected key(s) in state_dict:", "unexpected_keys=["];
const oldUnexpected = wording('unexpected key "{key:key}" in state_dict');
const notTensor = wording(
  "While copying the parameter named \"{key:key}\", expected torch.Tensor or Tensor-like object from checkpoint but received <class '{class:word}'>",
);

export const stateDictMessage: MessageKind = {
  id: "torch/load-state-dict",
  find,
  read: (values, files) => readStateDict(blockOf(values), files),
};

/** One block for each model that was loaded; without a header, all that is there. */
function find(text: string, lowerCase: string): Found[] {
  const headers = header.find(text, lowerCase);
  const starts = headers.length === 0 ? [0] : headers.map(({ start }) => start);
  return starts.flatMap((start, index) => {
    const end = starts[index + 1] ?? text.length;
    const name = headers[index] === undefined ? "" : wordIn(headers[index].values, "class");
    return blockFound(text.slice(start, end), start, name);
  });
}

function blockFound(text: string, start: number, name: string): Found[] {
  const lowerCase = text.toLowerCase();
  const found = mismatches.flatMap((each) => each.find(text, lowerCase));
  const old = oldUnexpected.find(text, lowerCase);
  const [lacking, surplus] = [keysAfter(text, missing), keysAfter(text, unexpected)];
  const foreign = notTensor.find(text, lowerCase);
  const ends = [...found, ...old, ...foreign].map(({ end }) => end);
  const end = Math.max(lacking.end, surplus.end, ...ends);
  if (end === 0) return [];
  const values: Values = {
    class: name,
    missing: lacking.keys,
    unexpected: [...surplus.keys, ...old.map((each) => wordIn(each.values, "key"))],
    mismatches: found.flatMap(({ values: each }) => mismatchOf(each)),
    notTensors: foreign.map((each) => wordIn(each.values, "key")),
  };
  return [{ start, end: start + end, values }];
}

function mismatchOf(values: Values): Mismatch[] {
  const [checkpoint, model] = [shapeIn(values, "checkpoint"), shapeIn(values, "model")];
  if (checkpoint === null || model === null) return [];
  return [{ key: wordIn(values, "key").replace(/:$/, ""), checkpoint, model }];
}

/** The quoted keys behind one of some beginnings, and where they end; 0 where there are none. */
function keysAfter(text: string, beginnings: readonly string[]): { keys: string[]; end: number } {
  const keys: string[] = [];
  let end = 0;
  for (const beginning of beginnings) {
    let at = text.indexOf(beginning);
    while (at >= 0 && keys.length < MAX_KEYS) {
      end = takeKeys(text, at + beginning.length, keys);
      at = text.indexOf(beginning, end);
    }
  }
  return { keys, end };
}

/** Takes `"a", "b"` or `'a', 'b'`, with braces and an outer quote around in old versions. Returns where they end. */
function takeKeys(text: string, from: number, keys: string[]): number {
  const item = /[\s"{[]{0,4}(?:"([^"\s]{1,400})"|'([^'\s]{1,400})'),?/y;
  item.lastIndex = from;
  let end = from;
  for (let match = item.exec(text); match !== null; match = item.exec(text)) {
    end = item.lastIndex;
    keys.push(match[1] ?? match[2] ?? "");
    if (keys.length >= MAX_KEYS) break;
  }
  return end;
}

function blockOf(values: Values): StateDictBlock {
  return values as unknown as StateDictBlock;
}
