/** Splits h5wasm's library into its glue and its binary, for the bundle that is loaded when an HDF5 file is opened. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../tree.mjs";
import { boundWasm } from "./wasmFuel.mjs";

/** The build without Node's file system: what it can open is what it is given. */
const SOURCE = "node_modules/h5wasm/dist/esm/hdf5_util.js";
const OUT = join(root, "src/formats/hdf5/libraryCode.generated.ts");
const SCRIPTS = ["hdf5", "wasmFuel", "wasmBytes"].map((name) => `scripts/lib/bundles/${name}.mjs`);

/** 256 MiB: chunks are unpacked in it, values are handed over by slabs. The library's own bound is 2 GiB. */
const MAX_PAGES = 4096;

const BINARY_START = "return binaryDecode('";
const BINARY_END = "')}";
const GLUE_EXPORT = "export default Module;";
/** What Emscripten keeps to itself, and `src/formats/hdf5/lzfFilter.ts` needs. */
const SHOWN = ["addFunction=", "preloadedWasm="];
const WASM_MAGIC = 0x0061736d;

/**
 * Writes `src/formats/hdf5/libraryCode.generated.ts` unless it is that of the installed h5wasm.
 *
 * @throws Error when h5wasm is not laid out as it was.
 */
export function ensureHdf5Library() {
  const hash = createHash("sha256");
  for (const path of [SOURCE, ...SCRIPTS]) hash.update(readFileSync(join(root, path)));
  const sources = hash.digest("hex").slice(0, 16);
  const header = `// @ts-nocheck\n/** h5wasm's glue, and its binary in gzip and base64; written by scripts/lib/bundles/hdf5.mjs, sources ${sources}. */\n`;
  if (existsSync(OUT) && readFileSync(OUT, "utf8").startsWith(header)) return;
  const { glue, binary } = split(readFileSync(join(root, SOURCE), "utf8"));
  const code = gzipSync(boundWasm(binary, MAX_PAGES), { level: 9 }).toString("base64");
  const unfinished = `${OUT}.${process.pid}`;
  // Written whole or not at all: two scripts may do so at the same time.
  writeFileSync(unfinished, `${header}export const libraryCode =\n  "${code}";\n${glue}\n`);
  renameSync(unfinished, OUT);
}

/** The binary stands in the glue as a string, one character a byte, NUL as U+0100. */
function split(source) {
  const start = source.indexOf(BINARY_START) + BINARY_START.length;
  const end = source.indexOf(BINARY_END, start);
  const binary = bytesOfLiteral(source.slice(start, end));
  let glue = (source.slice(0, start) + source.slice(end))
    .replace("import.meta.url", '""')
    .replace(GLUE_EXPORT, "export { Module as createLibrary };");
  for (const name of SHOWN) {
    if (glue.split(`var ${name}`).length !== 2) throw new Error(`${SOURCE} has no ${name}`);
    glue = glue.replace(`var ${name}`, `var ${name}Module["${name.slice(0, -1)}"]=`);
  }
  if (binary.readUInt32BE(0) !== WASM_MAGIC || !glue.includes("createLibrary")) {
    throw new Error(`${SOURCE} is not laid out as scripts/lib/bundles/hdf5.mjs expects`);
  }
  return { glue, binary };
}

function bytesOfLiteral(literal) {
  const text = new Function(`return '${literal}'`)();
  return Buffer.from(Array.from(text, (character) => character.codePointAt(0) & 0xff));
}
