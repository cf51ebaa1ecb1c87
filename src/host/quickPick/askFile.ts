/**
 * A quick pick step that lists found files and tensors, with Browse… for any other.
 */
import * as vscode from "vscode";
import { NotFoundError } from "../../core/errors";
import { foreign, text } from "../../core/text";
import type { Report } from "../base/report";
import type { Candidates } from "./candidates";
import { withSeparators, type Groups } from "./items";
import { pickItem, type Picked, type PickItem } from "./pickItem";
import type { Candidate } from "./rank";

/** Where a step stands in its flow. */
export interface Position {
  readonly step: number;
  readonly totalSteps: number;
  readonly canGoBack: boolean;
}

export interface FileQuestion<Value> extends Position {
  readonly title: string;
  readonly placeholder: string;
  /** Location of a file whose folder is searched first. */
  readonly near: string | undefined;
  /** Items that come from no file, above all others. */
  readonly fixed: readonly PickItem<Value>[];
  readonly itemsOf: (candidate: Candidate) => Groups<Value>;
}

type Answer<Value> = { readonly value: Value } | "browse";

/** Asks until something was picked; a file that was browsed for and cannot be read is reported, and asked again. */
export async function askFile<Value>(
  question: FileQuestion<Value>,
  candidates: Candidates,
  report: Report,
): Promise<Picked<Value>> {
  for (;;) {
    const picked = await pickItem<Answer<Value>>({
      ...question,
      fill: (show, token) =>
        candidates.scan(question.near, token, (found) => {
          show(itemsOf(question, found));
        }),
    });
    if (picked.kind !== "picked") return picked;
    if (picked.value !== "browse") return { kind: "picked", value: picked.value.value };
    const browsed = await report.guard(() => browse(question, candidates));
    if (browsed !== undefined) return { kind: "picked", value: browsed };
  }
}

function itemsOf<Value>(
  question: FileQuestion<Value>,
  found: readonly Candidate[],
): PickItem<Answer<Value>>[] {
  const browseItem: PickItem<Answer<Value>> = {
    icon: "folder-opened",
    label: text("Browse…"),
    alwaysShow: true,
    value: "browse",
  };
  const listed = withSeparators(found.map(question.itemsOf));
  return [
    ...[...question.fixed, ...listed].map(asAnswer),
    { label: foreign(""), kind: vscode.QuickPickItemKind.Separator },
    browseItem,
  ];
}

function asAnswer<Value>({ value, ...item }: PickItem<Value>): PickItem<Answer<Value>> {
  return value === undefined ? item : { ...item, value: { value } };
}

/** Lets the user choose a file, and one of its items where it has several. */
async function browse<Value>(
  question: FileQuestion<Value>,
  candidates: Candidates,
): Promise<Value | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: question.title })) ?? [];
  if (uri === undefined) return undefined;
  const candidate = await candidates.open(uri.toString());
  const { fits, others } = question.itemsOf(candidate);
  const items = [...fits, ...others];
  const [only] = items;
  if (only === undefined) {
    throw new NotFoundError(
      candidate.archive.file,
      text("the file holds nothing that can be used here"),
      candidate.archive.entries.map(({ name }) => name),
    );
  }
  if (items.length === 1) return only.value;
  const picked = await pickItem<Value>({
    ...question,
    canGoBack: true,
    fill: (show) => {
      show(withSeparators([{ fits, others }]));
      return Promise.resolve();
    },
  });
  return picked.kind === "picked" ? picked.value : undefined;
}
