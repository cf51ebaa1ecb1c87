/**
 * An explanation as the lines of a document, and what can be opened from which line. Without VS Code.
 */
import type { ExplainedMessage, Explanation } from "../../diagnosis/messages/explain";
import { foreign, text, type Text } from "../../core/text";
import { formatShape } from "../../tensor/tensor";

/** UTF-16 units of a message that its explanation repeats. */
const SHOWN = 600;

/** One line; `file` names the file that can be opened from it. */
export interface ExplanationLine {
  readonly text: Text;
  readonly indent: boolean;
  readonly file?: string;
}

const blank: ExplanationLine = { text: foreign(""), indent: false };

/** All messages, one below the other. */
export function explanationLines({ messages }: Explanation): ExplanationLine[] {
  return messages.flatMap((message, index) => [
    ...(index === 0 ? [] : [blank, blank]),
    ...messageLines(message),
  ]);
}

function messageLines({ source, means, fits, tensors }: ExplainedMessage): ExplanationLine[] {
  return [
    ...pieces(source.slice(0, SHOWN)).map((piece) => ({ text: foreign(piece), indent: false })),
    ...block(text("What it says"), means),
    ...block(text("What would make it fit"), fits),
    ...(tensors.length === 0 ? [] : [blank, heading(text("Tensors that it may mean"))]),
    ...tensors.map(({ file, name, shape }) => ({
      text: text("{0}: {1} {2}", file, name, formatShape(shape)),
      indent: true,
      file,
    })),
  ];
}

/** A foreign text as sentences show it is cut where it is long: the message is shown in pieces instead. */
function pieces(source: string): string[] {
  return source.match(/.{1,100}(?:\s|$)|.{1,100}/gsu) ?? [];
}

function block(title: Text, sentences: readonly Text[]): ExplanationLine[] {
  if (sentences.length === 0) return [];
  return [blank, heading(title), ...sentences.map((each) => ({ text: each, indent: true }))];
}

function heading(title: Text): ExplanationLine {
  return { text: title, indent: false };
}
