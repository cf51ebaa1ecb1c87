/**
 * The effect of each pickle opcode on the machine. Names in comments are those of Python's pickle.py.
 *
 * Those that no writer of tensors uses are followed as well, without calling anything: what stands behind them can
 * then be listed all the same.
 */
import type { PickleMachine } from "./machine";
import { PickleDict, PickleGlobal, PickleOpaque } from "./values";

export const stop = 0x2e;

type Operation = (machine: PickleMachine) => void;

function text(m: PickleMachine, length: number | bigint): void {
  const value = m.reader.utf8(length);
  m.spend(16 + value.length);
  m.push(value);
}

function bytes(m: PickleMachine, length: number | bigint): void {
  const value = m.reader.bytes(length);
  m.spend(64);
  m.push(value);
}

function list(m: PickleMachine): void {
  m.spend(48);
  m.push([]);
}

function opaque(m: PickleMachine, name: string): void {
  m.spend(96);
  m.push(new PickleOpaque(name));
}

/** A class of the extension registry, which only the program that wrote the pickle knows. */
function extension(m: PickleMachine, code: number): void {
  m.spend(64);
  m.push(new PickleGlobal(`extension registry code ${code}`));
}

function frozenSet(m: PickleMachine): void {
  const items = m.popMark();
  m.spend(96);
  const set = new PickleOpaque("builtins.frozenset");
  set.list = items;
  m.push(set);
}

/** `(`, class, arguments: an object of protocol 1. */
function object(m: PickleMachine): void {
  const [callable = null, ...args] = m.popMark();
  m.instance(callable, args);
}

/** Class by two lines, arguments since the mark: an object of protocol 0. */
function instance(m: PickleMachine): void {
  const name = `${m.reader.lineText()}.${m.reader.lineText()}`;
  m.instance(new PickleGlobal(name), m.popMark());
}

/** A text in Python's own notation: quotes and escapes stay as they are, no name of a tensor needs them. */
function quoted(m: PickleMachine): void {
  const value = m.reader.lineText().replace(/^(['"])(.*)\1$/, "$2");
  m.spend(16 + value.length);
  m.push(value);
}

/** A number, or true and false as protocol 0 writes them. */
function integerLine(m: PickleMachine): void {
  const value = m.digits();
  m.push(value);
}

const table: readonly (readonly [number, Operation])[] = [
  [0x80, (m) => m.protocol(m.reader.uint8())], // PROTO
  [0x95, (m) => void m.reader.uint64()], // FRAME, a hint for streams: the end of the bytes is the bound here
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x49, integerLine], // INT
  [0x4c, integerLine], // LONG
  [0x46, (m) => m.push(Number(m.reader.lineText()))], // FLOAT
  [0x4a, (m) => m.push(m.reader.int32())], // BININT
  [0x4b, (m) => m.push(m.reader.uint8())], // BININT1
  [0x4d, (m) => m.push(m.reader.uint16())], // BININT2
  [0x8a, (m) => m.push(m.integer(m.reader.uint8()))], // LONG1
  [0x8b, (m) => m.push(m.integer(m.reader.uint32()))], // LONG4
  [0x47, (m) => m.push(m.reader.float64BigEndian())], // BINFLOAT
  [0x53, quoted], // STRING, of Python 2
  [0x56, quoted], // UNICODE
  [0x54, (m) => text(m, m.reader.uint32())], // BINSTRING, of Python 2
  [0x55, (m) => text(m, m.reader.uint8())], // SHORT_BINSTRING, of Python 2
  [0x58, (m) => text(m, m.reader.uint32())], // BINUNICODE
  [0x8c, (m) => text(m, m.reader.uint8())], // SHORT_BINUNICODE
  [0x8d, (m) => text(m, m.reader.uint64())], // BINUNICODE8
  [0x42, (m) => bytes(m, m.reader.uint32())], // BINBYTES
  [0x43, (m) => bytes(m, m.reader.uint8())], // SHORT_BINBYTES
  [0x8e, (m) => bytes(m, m.reader.uint64())], // BINBYTES8
  [0x96, (m) => bytes(m, m.reader.uint64())], // BYTEARRAY8
  [0x5d, list], // EMPTY_LIST
  [0x29, list], // EMPTY_TUPLE
  [0x7d, (m) => m.push((m.spend(32), new PickleDict()))], // EMPTY_DICT
  [0x8f, (m) => opaque(m, "builtins.set")], // EMPTY_SET
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x90, (m) => m.append(m.popMark())], // ADDITEMS
  [0x91, frozenSet], // FROZENSET
  [0x73, (m) => m.setItems(m.popItems(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS
  [0x6c, (m) => m.tuple(m.popMark())], // LIST
  [0x74, (m) => m.tuple(m.popMark())], // TUPLE
  [0x64, (m) => m.dictionary()], // DICT
  [0x85, (m) => m.tuple(m.popItems(1))], // TUPLE1
  [0x86, (m) => m.tuple(m.popItems(2))], // TUPLE2
  [0x87, (m) => m.tuple(m.popItems(3))], // TUPLE3
  [0x63, (m) => m.global(m.reader.lineText(), m.reader.lineText())], // GLOBAL
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x52, (m) => m.call(m.popItems(2))], // REDUCE
  [0x81, (m) => m.call(m.popItems(2))], // NEWOBJ
  [0x92, (m) => m.call(m.popItems(3))], // NEWOBJ_EX
  [0x69, instance], // INST
  [0x6f, object], // OBJ
  [0x82, (m) => extension(m, m.reader.uint8())], // EXT1
  [0x83, (m) => extension(m, m.reader.uint16())], // EXT2
  [0x84, (m) => extension(m, m.reader.int32())], // EXT4
  [0x97, (m) => opaque(m, "out-of-band buffer")], // NEXT_BUFFER
  [0x98, (m) => void m.top()], // READONLY_BUFFER
  [0x62, (m) => m.build()], // BUILD
  [0x50, (m) => m.persistent(m.reader.lineText())], // PERSID
  [0x51, (m) => m.persistent(m.pop())], // BINPERSID
  [0x70, (m) => m.memoize(memoIndex(m))], // PUT
  [0x71, (m) => m.memoize(m.reader.uint8())], // BINPUT
  [0x72, (m) => m.memoize(m.reader.uint32())], // LONG_BINPUT
  [0x94, (m) => m.memoize()], // MEMOIZE
  [0x67, (m) => m.recall(memoIndex(m))], // GET
  [0x68, (m) => m.recall(m.reader.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.reader.uint32())], // LONG_BINGET
];

/** By opcode; undefined for bytes that are no opcode. */
export const operations: readonly (Operation | undefined)[] = Array.from(
  { length: 256 },
  (_, opcode) => table.find(([known]) => known === opcode)?.[1],
);

function stackGlobal(m: PickleMachine): void {
  const name = m.pop();
  m.global(m.pop(), name);
}

/** A memo index in digits. */
function memoIndex(m: PickleMachine): number {
  const index = m.digits();
  return typeof index === "number" && index >= 0 ? index : Infinity;
}
