/**
 * JUnit XML of a check: a test case for each run, as continuous integration shows them.
 *
 * Format: testsuites › testsuite › testcase with failure or error, the part that all readers agree on.
 */
import { visible } from "../../core/text";
import { printable } from "./table";

/** A run that was checked. `failure` is of a verdict that did not pass, `error` of a run that could not be made. */
export interface CheckedCase {
  readonly file: string;
  readonly seconds: number;
  readonly outcome:
    | { readonly kind: "passed" }
    | {
        readonly kind: "failure" | "error";
        /** One line. */
        readonly sentence: string;
        readonly details: string;
      };
}

const SUITE = "unroll check";

/** The file's text. */
export function junitXml(cases: readonly CheckedCase[]): string {
  const count = (kind: CheckedCase["outcome"]["kind"]): number =>
    cases.filter(({ outcome }) => outcome.kind === kind).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  const totals = attributes({
    name: SUITE,
    tests: String(cases.length),
    failures: String(count("failure")),
    errors: String(count("error")),
    time: seconds.toFixed(3),
  });
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${totals}>`,
    `  <testsuite${totals}>`,
    ...cases.flatMap(caseLines),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function caseLines({ file, seconds, outcome }: CheckedCase): string[] {
  const names = { classname: SUITE, name: file, file, time: seconds.toFixed(3) };
  const begin = `    <testcase${attributes(names)}`;
  if (outcome.kind === "passed") return [`${begin}/>`];
  const { kind, sentence, details } = outcome;
  const said = attributes({ message: sentence, type: kind });
  return [
    `${begin}>`,
    `      <${kind}${said}>${escaped(printable(details))}</${kind}>`,
    "    </testcase>",
  ];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(visible(value))}"`)
    .join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * Text as XML 1.0 can have it: what is visible has no controls and no half surrogates; U+FFFE and U+FFFF are left.
 */
function escaped(content: string): string {
  return content
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
