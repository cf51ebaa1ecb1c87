/**
 * Explains why a tensor is missing, from the reader's notes about tensors that it did not read.
 */
import { isText, text, type Text } from "../../core/text";

/** Reasons that a sentence has room for. */
const maxReasons = 3;

/** The missing tensor, and the run that needs it. */
export interface Missing {
  readonly sentence: Text;
  /** The tensor, or the beginning of its name, that was asked for; every note counts where nothing was. */
  readonly name?: string;
}

/** The sentence, with one note of each kind about the missing tensor. */
export function withUnread({ sentence, name }: Missing, notes: readonly Text[]): Text {
  const reason = unreadReason(name, notes);
  return reason === null ? sentence : text("{0} ({1})", sentence, reason);
}

/** One note of each kind about the tensor `name`; null when there is none. */
export function unreadReason(name: string | undefined, notes: readonly Text[]): Text | null {
  const about = name === undefined ? notes : notes.filter((note) => mentions(note, name));
  const kinds = new Map<string, Text>();
  for (const note of about) {
    const kind = kindOf(note);
    if (!kinds.has(kind)) kinds.set(kind, note);
  }
  const reasons = [...kinds.values()].slice(0, maxReasons);
  const [last, ...others] = reasons.reverse();
  if (last === undefined) return null;
  const more = about.length - reasons.length;
  const end = more > 0 ? text("{0}; and {1} more", last, more) : last;
  return others.reduce((after, reason) => text("{0}; {1}", reason, after), end);
}

/** True where the note is about a tensor whose name begins so; sentences call it by its name, or after its file. */
function mentions({ args }: Text, name: string): boolean {
  return args.some((argument) => {
    if (typeof argument === "string") return isCalled(argument, name);
    return isText(argument) && mentions(argument, name);
  });
}

function isCalled(subject: string, name: string): boolean {
  return subject.startsWith(name) || subject.includes(`: ${name}`);
}

/** Notes of one kind have the same template and differ only in the tensor. */
function kindOf({ template, args }: Text): string {
  return [template, ...args.map((argument) => (isText(argument) ? kindOf(argument) : ""))].join(
    "\n",
  );
}
