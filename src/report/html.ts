/**
 * Elements of HTML as text. What is not named markup is escaped.
 */
import { text, visible, type Text } from "../core/text";
import { escapeXml } from "../drawing/base/escapeXml";

/** Text out of a file or of ours: nothing in it is markup, and what steers or reverses writing is shown. */
export function escaped(content: string): string {
  return escapeXml(content.split("\n").map(visible).join("\n"));
}

/** A table with a heading for its columns; cells are markup. Each cell has its heading for screens too narrow for columns. */
export function table(
  caption: string,
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = heading.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join("");
  const body = rows.map(([first = "", ...cells]) => {
    const rest = cells
      .map((cell, index) => `<td data-of="${escaped(heading[index + 1] ?? "")}">${cell}</td>`)
      .join("");
    return `<tr><th scope="row">${first}</th>${rest}</tr>`;
  });
  return (
    `<div class="wide" tabindex="0" role="region" aria-label="${escaped(caption)}"><table>` +
    `<caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table></div>`
  );
}

/** A section under a heading; nothing where it has no content. */
export function section(heading: string, content: string): string {
  return content === "" ? "" : `<section><h2>${escaped(heading)}</h2>\n${content}</section>\n`;
}

/** What is looked at under what is said of it; where it has less room than it can be read in it scrolls, and says so. */
export function figure(caption: string, content: string, say: (message: Text) => string): string {
  const name = escaped(caption);
  const more = say(text("wider than this screen: scroll sideways"));
  return (
    `<figure><figcaption>${name}</figcaption><p class="narrow quiet">${escaped(more)}</p>` +
    `<div class="wide" tabindex="0" role="region" aria-label="${name}">${content}</div></figure>\n`
  );
}

/** A list of sentences; nothing where there is none. */
export function list(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  return `<ul>${sentences.map((sentence) => `<li>${escaped(sentence)}</li>`).join("")}</ul>`;
}

/** Lines of code, which scroll where they are long. */
export function code(lines: string, label: string): string {
  return `<pre tabindex="0" role="region" aria-label="${escaped(label)}"><code>${escaped(lines)}</code></pre>`;
}
