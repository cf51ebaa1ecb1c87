/**
 * A pasted message or traceback as one line of plain text: without what consoles, test runners and logs put around it.
 */

/** The codes of colours, whole, and as they look once their escape character was lost. */
const colours = new RegExp(`${String.fromCharCode(27)}?\\[[\\d;]{1,12}m`, "g");

/** Characters that are looked at. A message stands at the end of a log, so the end is kept. */
const MAX_CHARACTERS = 1_048_576;

/** What may stand before a line: quotes of mails and issues, boxes of rich tracebacks, pytest's E. */
const before = new Set([" ", "\t", ">", "|", "│", "┃", "❱", "║", "•"]);
/** What may stand behind one. */
const behind = new Set([" ", "\t", "\r", "│", "┃", "║", "|"]);

/** One line with single spaces between words. */
export function plainSource(pasted: string): string {
  return (
    pasted
      .slice(-MAX_CHARACTERS)
      .replace(colours, "")
      // A message in a log or in JSON has its line breaks and quotes escaped.
      .replace(/\\[nrt]/g, " ")
      .replace(/\\"/g, '"')
      .split("\n")
      .map(withoutFrame)
      .join(" ")
      .replace(/\s+/g, " ")
      .trim()
  );
}

function withoutFrame(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && before.has(line.charAt(start))) start += 1;
  while (end > start && behind.has(line.charAt(end - 1))) end -= 1;
  const content = line.slice(start, end);
  return content.startsWith("E  ") ? content.slice(1).trimStart() : content;
}
