/**
 * A script as a Jupyter notebook: a heading and a cell for each of its parts.
 */
import { escapeJson } from "../../core/escapeJson";
import type { ScriptPart } from "./frameworks";

/** Notebook format 4.5. */
export function notebook(parts: readonly ScriptPart[]): string {
  const cells = parts.flatMap(({ title, code }, index) => [
    { cell_type: "markdown", id: `title-${index}`, metadata: {}, source: linesOf(`## ${title}`) },
    {
      cell_type: "code",
      execution_count: null,
      id: `code-${index}`,
      metadata: {},
      outputs: [],
      source: linesOf(inCell(code)),
    },
  ]);
  const kernel = { display_name: "Python 3", language: "python", name: "python3" };
  const content = { cells, metadata: { kernelspec: kernel }, nbformat: 4, nbformat_minor: 5 };
  return `${escapeJson(JSON.stringify(content, null, 1))}\n`;
}

/** A cell has no `__file__`: what it reads and writes lies in the folder of the notebook. */
function inCell(code: string): string {
  return code.replaceAll("Path(__file__).resolve().parent", "Path.cwd()");
}

function linesOf(code: string): string[] {
  const lines = code.split("\n");
  return lines.map((line, index) => (index < lines.length - 1 ? `${line}\n` : line));
}
