/**
 * What a message of a framework is here: its wordings, what the numbers in it are, and what would make it fit.
 */
import type { Shape } from "../../../tensor/tensor";
import type { Text } from "../../../core/text";
import type { RecurrentConfig } from "../../../model/config";
import type { Parameter } from "../../../model/parameters";
import { wording, type Found, type Values } from "./wording";

/** A module of a file, as far as a message may mean it. */
export interface FileModule {
  readonly prefix: string;
  readonly config: RecurrentConfig;
  readonly constructorLine: string;
}

/** A file whose tensors a message may mean. */
export interface FileContents {
  readonly file: string;
  readonly entries: readonly { readonly name: string; readonly shape: Shape }[];
  readonly modules: readonly FileModule[];
}

/** A tensor of a file; module and parameter where it is one of a recurrent module. */
export interface FileTensor {
  readonly file: string;
  readonly name: string;
  readonly shape: Shape;
  readonly module: FileModule | null;
  readonly parameter: Parameter | null;
}

/** What a tensor of a file tells of a message; null of a tensor that has nothing to do with it. */
export type Wanted = (tensor: FileTensor) => { means?: Text; fits?: Text } | null;

/** What a message says. */
export interface Reading {
  /** Which number is what, and what is wrong with it. */
  readonly means: readonly Text[];
  /** What would make it fit. */
  readonly fits: readonly Text[];
  /** Which tensors of files it may mean, the surest first. */
  readonly wanted?: readonly Wanted[];
}

/** A message that is known, in all its wordings. */
export interface MessageKind {
  /** A public name, such as `torch/input-features`. */
  readonly id: string;
  readonly find: (text: string, lowerCase: string) => readonly Found[];
  /** True where it begins in a text, which may end before it does. */
  readonly begins?: (lowerCase: string) => boolean;
  readonly read: (values: Values, files: readonly FileContents[]) => Reading;
}

/** A message whose wordings are templates. */
export function message(
  id: string,
  templates: readonly string[],
  read: MessageKind["read"],
): MessageKind {
  const wordings = templates.map(wording);
  return {
    id,
    find: (text, lowerCase) => wordings.flatMap((each) => each.find(text, lowerCase)),
    begins: (lowerCase) => wordings.some((each) => each.begins(lowerCase)),
    read,
  };
}
