/**
 * Titles whose lines end between words only.
 */

/** With spaces at which no line ends within an order such as `f i g o`, and within a formula. */
export function unbroken(title: string): string {
  return title.replace(/(?<= \w) (?=\w\b)|(?<=\S) (?=[+−·/=] )|(?<=[+−·/=]) /gu, "\u00a0");
}
