/**
 * Bounds what a WASM binary may do: the size of its memory, and how often it may go round its loops.
 *
 * A library that is given a damaged file may never end. Every loop is made to count an
 * exported global, `fuel`, down and to trap at 0, which a time limit could do only from another thread.
 *
 * Source: WebAssembly Core Specification 2.0, "Binary Format".
 */
import { Bytes, unsigned } from "./wasmBytes.mjs";

const HEADER_BYTES = 8;
const section = { imports: 2, memory: 5, globals: 6, exports: 7, code: 10 };
const importKind = { table: 1, memory: 2, global: 3, tag: 4 };

const LOOP = 0x03;

/**
 * Copies a binary: its memory grows to `maxPages` of 64 kB at most, and its loops end when `fuel` is used up.
 *
 * @throws Error when the binary has something that is not known here.
 */
export function boundWasm(binary, maxPages) {
  const sections = sectionsOf(binary);
  const find = (id) => sections.find((each) => each.id === id)?.content;
  const globals = vectorOf(find(section.globals));
  const fuel = importedGlobals(find(section.imports)) + globals.count;
  const changed = new Map([
    [section.memory, boundedMemory(find(section.memory), maxPages)],
    // A mutable i32, 0 at first.
    [section.globals, appended(globals, [0x7f, 0x01, 0x41, 0x00, 0x0b])],
    [
      section.exports,
      appended(vectorOf(find(section.exports)), [4, ...Buffer.from("fuel"), 3, ...unsigned(fuel)]),
    ],
    [section.code, meteredCode(find(section.code), fuel)],
  ]);
  const parts = sections.map(({ id, content }) => withSize(changed.get(id) ?? content, [id]));
  return Buffer.concat([binary.subarray(0, HEADER_BYTES), ...parts]);
}

function sectionsOf(binary) {
  const bytes = new Bytes(binary, HEADER_BYTES);
  const sections = [];
  while (bytes.position < binary.length) {
    const id = bytes.byte();
    sections.push({ id, content: bytes.take(bytes.unsigned()) });
  }
  return sections;
}

function withSize(content, before = []) {
  return Buffer.concat([Buffer.from([...before, ...unsigned(content.length)]), content]);
}

function vectorOf(content) {
  const bytes = new Bytes(content);
  const count = bytes.unsigned();
  return { count, items: content.subarray(bytes.position) };
}

function appended({ count, items }, item) {
  return Buffer.concat([Buffer.from(unsigned(count + 1)), items, Buffer.from(item)]);
}

function importedGlobals(content) {
  const bytes = new Bytes(content);
  let globals = 0;
  for (let left = bytes.unsigned(); left > 0; left -= 1) {
    bytes.take(bytes.unsigned());
    bytes.take(bytes.unsigned());
    const kind = bytes.byte();
    if (kind === importKind.global) globals += 1;
    if (kind === importKind.table || kind === importKind.global || kind === importKind.tag) {
      bytes.byte();
    }
    if (kind === importKind.table || kind === importKind.memory) {
      const hasMaximum = bytes.byte() & 1;
      bytes.skipNumbers(1 + hasMaximum);
    } else {
      bytes.skipNumbers(1);
    }
  }
  return globals;
}

function boundedMemory(content, maxPages) {
  const bytes = new Bytes(content);
  const [count, flags, minimum] = [bytes.unsigned(), bytes.byte(), bytes.unsigned()];
  if (count !== 1 || flags !== 1 || minimum > maxPages) {
    throw new Error(`${count} memories, the first with flags ${flags} and ${minimum} pages`);
  }
  return Buffer.from([1, 1, ...unsigned(minimum), ...unsigned(maxPages)]);
}

function meteredCode(content, fuel) {
  const bytes = new Bytes(content);
  const count = bytes.unsigned();
  const bodies = [];
  for (let index = 0; index < count; index += 1) {
    bodies.push(withSize(meteredBody(bytes.take(bytes.unsigned()), fuel)));
  }
  return Buffer.concat([Buffer.from(unsigned(count)), ...bodies]);
}

function meteredBody(body, fuel) {
  const index = unsigned(fuel);
  // fuel = fuel - 1; if (fuel == 0) trap.
  const count = [0x23, ...index, 0x41, 0x01, 0x6b, 0x24, ...index];
  const meter = Buffer.from([...count, 0x23, ...index, 0x45, 0x04, 0x40, 0x00, 0x0b]);
  const bytes = new Bytes(body);
  for (let groups = bytes.unsigned(); groups > 0; groups -= 1) bytes.skipNumbers(2);
  const parts = [];
  let copied = 0;
  while (bytes.position < body.length) {
    const opcode = bytes.byte();
    skipImmediates(bytes, opcode);
    if (opcode !== LOOP) continue;
    parts.push(body.subarray(copied, bytes.position), meter);
    copied = bytes.position;
  }
  return Buffer.concat([...parts, body.subarray(copied)]);
}

/** How many numbers follow an opcode; those that are not here have none, or are handled below. */
const numbersAfter = new Map([
  ...[0x02, 0x03, 0x04, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x10, 0x12, 0x18].map((op) => [op, 1]),
  ...[0x11, 0x13].map((op) => [op, 2]),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].map((op) => [
    op,
    1,
  ]),
  ...Array.from({ length: 0x3e - 0x28 + 1 }, (_, index) => [0x28 + index, 2]),
]);

function skipImmediates(bytes, opcode) {
  const numbers = numbersAfter.get(opcode);
  if (numbers !== undefined) bytes.skipNumbers(numbers);
  else if (opcode === 0x0e) bytes.skipNumbers(bytes.unsigned() + 1);
  else if (opcode === 0x1c) bytes.take(bytes.unsigned());
  else if (opcode === 0x43) bytes.take(4);
  else if (opcode === 0x44) bytes.take(8);
  else if (opcode === 0xfc) skipBulk(bytes, bytes.unsigned());
  else if (opcode === 0x1f || opcode > 0xd2) {
    throw new Error(`opcode 0x${opcode.toString(16)} is not known`);
  }
}

/** Conversions that saturate have none, operations on memory and tables one or two. */
function skipBulk(bytes, operation) {
  if ([8, 10, 12, 14].includes(operation)) bytes.skipNumbers(2);
  else if (operation > 7) bytes.skipNumbers(1);
}
