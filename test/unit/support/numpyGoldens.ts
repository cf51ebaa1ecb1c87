/** What NumPy said of numbers (generate/tensor_numbers.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixtures } from "./goldens";

/** Cases of a golden file. */
export function numpyCases<Case>(name: string): Case[] {
  const file = readFileSync(join(fixtures, "golden", name), "utf8");
  return (JSON.parse(file) as { cases: Case[] }).cases;
}

/** Bytes in a buffer of their own. */
export function decodeBytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}
