/**
 * `unroll explain`: a pasted message or traceback, what its numbers are, and what would make it fit.
 */
import { resolve } from "node:path";
import type { ExplainedMessage, Explanation } from "../../diagnosis/messages/explain";
import type { FileContents } from "../../diagnosis/messages/base/message";
import { FileSet } from "../../node/files";
import { inspectArchive } from "../../session/archive/inspect";
import { cut, legible, renderText, type Text } from "../../core/text";
import { formatShape } from "../../tensor/tensor";
import type { Command } from "../flags/arguments";
import type { ExitCode, Terminal } from "./commands";
import { toJson } from "../print/json";

type ExplainCommand = Extract<Command, { name: "explain" }>;

/** UTF-16 units of a message that its explanation repeats. */
const SHOWN = 300;

/** Explains the text. 0: a message in it is known. 1: none is. */
export async function explain(
  { message, files, json }: ExplainCommand,
  terminal: Terminal,
): Promise<ExitCode> {
  const pasted = message ?? (await terminal.input?.()) ?? "";
  const { explainText } = await import("../../diagnosis/messages/explain");
  const explanation = explainText(pasted, await contentsOf(files, terminal.folder));
  terminal.print(json ? toJson(explanationJson(explanation)) : formatExplanation(explanation));
  return explanation.unknown === null ? 0 : 1;
}

async function contentsOf(names: readonly string[], folder: string): Promise<FileContents[]> {
  const files = new FileSet();
  try {
    const contents: FileContents[] = [];
    for (const name of names) {
      contents.push(inspectArchive(name, await files.open(resolve(folder, name))));
    }
    return contents;
  } finally {
    await files.close();
  }
}

function explanationJson({ messages, unknown }: Explanation): object {
  return {
    messages: messages.map(({ id, source, values, means, fits, tensors }) => ({
      id,
      source,
      values,
      means: means.map((sentence) => renderText(sentence)),
      fits: fits.map((sentence) => renderText(sentence)),
      tensors,
    })),
    ...(unknown === null
      ? {}
      : { unknown: { ...unknown, sentence: renderText(unknown.sentence) } }),
  };
}

function formatExplanation({ messages, unknown }: Explanation): string {
  if (unknown !== null) return `${renderText(unknown.sentence)}\n`;
  return messages.map(formatMessage).join("\n");
}

function formatMessage({ id, source, means, fits, tensors }: ExplainedMessage): string {
  const list = (sentences: readonly Text[]): string =>
    sentences.map((sentence) => `  ${renderText(sentence)}\n`).join("");
  const places = tensors.map(
    ({ file, name, shape }) => `  ${legible(file)}#${legible(name)} ${formatShape(shape)}\n`,
  );
  return [
    `${id}: ${cut(source, SHOWN)}\n`,
    list(means),
    fits.length === 0 ? "" : `What would make it fit:\n${list(fits)}`,
    places.length === 0 ? "" : `Tensors it may mean:\n${places.join("")}`,
  ].join("");
}
