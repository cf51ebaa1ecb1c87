/**
 * The labels of candidates in a quick pick.
 */
import * as vscode from "vscode";
import type { ModuleView } from "../../protocol/run/workerMessages";
import { formatShape, type TensorEntry } from "../../tensor/tensor";
import { cut, foreign, text, type Text } from "../../core/text";
import { baseName, parseLocation } from "../workspace/locations";
import type { PickItem } from "./pickItem";
import type { Candidate, ReferenceChoice, TensorChoice } from "./rank";

/** Longer names would hide what stands behind them, and VS Code cuts their ends; the line below has them whole. */
const longestFile = 32;
const longestName = 40;

/** Items of one part of a run, best first. */
export interface Groups<Value> {
  readonly fits: readonly PickItem<Value>[];
  readonly others: readonly PickItem<Value>[];
}

/** A file with its recurrent modules; files without one cannot be run. */
export function weightsItems(candidate: Candidate): PickItem<Candidate>[] {
  const { modules } = candidate.archive;
  const [first] = modules;
  if (first === undefined) return [];
  const description =
    modules.length === 1
      ? foreign(first.constructorLine)
      : text("{0} modules: {1}", modules.length, modules.map(moduleName));
  return [{ ...fileItem(candidate), description, value: candidate }];
}

/** One of several modules in a file. */
export function moduleItem(module: ModuleView): PickItem<ModuleView> {
  const name = moduleName(module);
  const label = cut(name, longestName);
  return {
    label: foreign(label),
    ...(label === name ? {} : { detail: foreign(name) }),
    description: foreign(module.constructorLine),
    value: module,
  };
}

/** A tensor, by its name in its file. */
export function tensorItem(candidate: Candidate, choice: TensorChoice): PickItem<TensorChoice> {
  return {
    ...fileItem(candidate, tensorName(candidate, choice.entry)),
    description: foreign(describeEntry(choice.entry)),
    value: choice,
  };
}

/** A reference, with all the tensors it consists of. */
export function referenceItem(
  candidate: Candidate,
  choice: ReferenceChoice,
): PickItem<ReferenceChoice> {
  const parts = Object.entries(choice.entries).map(
    ([name, entry]) => `${name} ${describeEntry(entry)}`,
  );
  const [entry, ...others] = Object.values(choice.entries);
  const single = others.length === 0 && entry !== undefined;
  return {
    ...fileItem(candidate, single ? tensorName(candidate, entry) : undefined),
    description: foreign(parts.join(", ")),
    value: choice,
  };
}

/** `[7, 5, 10] float32`. */
export function describeEntry({ shape, dtype }: TensorEntry): string {
  return `${formatShape(shape)} ${dtype}`;
}

/** Items of all candidates under their separators. */
export function withSeparators<Value>(groups: readonly Groups<Value>[]): PickItem<Value>[] {
  return [
    ...section(
      text("fits"),
      groups.flatMap(({ fits }) => fits),
    ),
    ...section(
      text("other tensors"),
      groups.flatMap(({ others }) => others),
    ),
  ];
}

/** Splits choices by whether they fit. */
export function groupByFit<Choice extends { readonly fits: boolean }>(
  choices: readonly Choice[],
  toItem: (choice: Choice) => PickItem<Choice>,
): Groups<Choice> {
  return {
    fits: choices.filter(({ fits }) => fits).map(toItem),
    others: choices.filter(({ fits }) => !fits).map(toItem),
  };
}

function section<Value>(label: Text, items: readonly PickItem<Value>[]): PickItem<Value>[] {
  if (items.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

function fileItem({ location }: Candidate, tensor?: string): { label: Text; detail: Text } {
  const uri = parseLocation(location);
  const [file, path] = [baseName(uri), vscode.workspace.asRelativePath(uri)];
  if (tensor === undefined) return { label: foreign(file), detail: foreign(path) };
  const name = cut(tensor, longestName);
  return {
    label: text("{0} › {1}", cut(file, longestFile), name),
    detail: name === tensor ? foreign(path) : text("{0} › {1}", path, tensor),
  };
}

function tensorName({ archive }: Candidate, { name }: TensorEntry): string | undefined {
  const isWhole = archive.format === "npy" || archive.isTestSet === true || name === "";
  return isWhole ? undefined : name;
}

function moduleName({ prefix }: ModuleView): string {
  return prefix === "" ? vscode.l10n.t("(no prefix)") : prefix;
}
