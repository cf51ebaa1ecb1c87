/**
 * Python pickles → plain values, without running anything.
 *
 * Spec:    Python's pickletools, protocols 2 to 5 (opcodes of protocols 0 and 1 that 2 still writes included).
 * Calls:   only functions of the caller's own, chosen by the name that the pickle gives; any other name becomes a
 *          `PickleOpaque` that remembers it. There is no import, no attribute look-up, no code.
 * Refuses: INST, OBJ, the extension registry, out-of-band buffers: no writer of tensors uses them.
 */
import { FormatError, LimitError, UnsupportedError } from "../errors";
import { text, type Text } from "../text";
import { ByteReader } from "./bytes";
import {
  PickleDict,
  PickleGlobal,
  PickleOpaque,
  type PickleHost,
  type PickleValue,
} from "./pickleValues";

/** A tensor takes some 40 opcodes; this is a hundred thousand tensors, and bounds both time and memory. */
const maxOpcodes = 4_000_000;

/** Pickles of large integers (ids, hashes, seeds) stay far below; longer ones would cost quadratic time. */
const maxIntegerBytes = 1024;

const highestProtocol = 5;

/**
 * Runs a pickle to its end and returns the value it leaves; `subject` is the file, or file and member.
 * @throws FormatError when it is damaged, UnsupportedError for an opcode above, LimitError when it is too long.
 */
export function parsePickle(subject: string, bytes: Uint8Array, host: PickleHost): PickleValue {
  return new PickleMachine(subject, bytes, host).run();
}

class PickleMachine {
  readonly reader: ByteReader;
  readonly #subject: string;
  readonly #host: PickleHost;
  #stack: PickleValue[] = [];
  readonly #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(subject: string, bytes: Uint8Array, host: PickleHost) {
    this.#subject = subject;
    this.reader = new ByteReader(subject, bytes);
    this.#host = host;
  }

  run(): PickleValue {
    for (let count = 1; ; count += 1) {
      if (count > maxOpcodes) {
        throw new LimitError(
          this.#subject,
          text("the number of pickle opcodes"),
          maxOpcodes,
          count,
        );
      }
      const opcode = this.reader.uint8();
      if (opcode === stop) return this.pop();
      const operation = operations.get(opcode);
      if (operation === undefined) throw this.#unknown(opcode);
      operation(this);
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw this.error(text("the pickle takes a value from an empty stack"));
    return value;
  }

  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack);
    this.#stack = [];
  }

  /** The values since the last mark. */
  popMark(): PickleValue[] {
    const values = this.#stack;
    const below = this.#marks.pop();
    if (below === undefined) throw this.error(text("the pickle looks for a mark that was not set"));
    this.#stack = below;
    return values;
  }

  /** The topmost values, lowest first. */
  popItems(length: number): PickleValue[] {
    const items: PickleValue[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.pop());
    return items.reverse();
  }

  stackGlobal(): void {
    const [module, name] = this.popItems(2);
    if (typeof module !== "string" || typeof name !== "string") {
      throw this.error(text("the pickle names a class by something that is no text"));
    }
    this.push(new PickleGlobal(`${module}.${name}`));
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined)
      throw this.error(text("the pickle refers to a value that it did not store"));
    this.push(value);
  }

  line(): string {
    return new TextDecoder().decode(this.reader.line());
  }

  text(length: number | bigint): string {
    return new TextDecoder().decode(this.reader.bytes(length));
  }

  integer(length: number): PickleValue {
    if (length > maxIntegerBytes) {
      throw new LimitError(
        this.#subject,
        text("the size of an integer in bytes"),
        maxIntegerBytes,
        length,
      );
    }
    let value = 0n;
    const bytes = this.reader.bytes(length);
    for (const byte of bytes.slice().reverse()) value = (value << 8n) | BigInt(byte);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (Array.isArray(list)) {
      for (const item of items) list.push(item);
    } else if (!(list instanceof PickleOpaque)) {
      throw this.error(text("the pickle appends to something that is no list"));
    }
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    const dict = target instanceof PickleOpaque ? target.dict : target;
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
      throw this.error(text("the pickle sets keys of something that is no dictionary"));
    }
    for (let index = 0; index < items.length; index += 2) {
      dict.items.set(items[index] ?? null, items[index + 1] ?? null);
    }
  }

  dictionary(): void {
    const items = this.popMark();
    this.push(new PickleDict());
    this.setItems(items);
  }

  frozenSet(): void {
    this.popMark();
    this.push(new PickleOpaque("builtins.frozenset"));
  }

  /** Calls a function of the closed list; `items` are callable, arguments and (not looked at) keyword arguments. */
  call(items: readonly PickleValue[]): void {
    const [callable, args] = items;
    if (!Array.isArray(args))
      throw this.error(text("the pickle calls something without a list of arguments"));
    if (callable instanceof PickleGlobal) {
      const known = this.#host.callables.get(callable.name);
      this.push(known === undefined ? new PickleOpaque(callable.name) : known(args));
    } else if (callable instanceof PickleOpaque) {
      this.push(new PickleOpaque(callable.name));
    } else {
      throw this.error(text("the pickle calls something that is no function"));
    }
  }

  /** State of an opaque object is kept to be searched; attributes of what was rebuilt are of no use. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof PickleOpaque) target.state = state;
  }

  persistent(): void {
    this.push(this.#host.persistent(this.pop()));
  }

  protocol(version: number): void {
    if (version > highestProtocol) {
      throw new UnsupportedError(this.#subject, text("pickle protocol {0} is not known", version));
    }
  }

  error(problem: Text): FormatError {
    return new FormatError(this.#subject, text("damaged pickle: {0}", problem), {
      offset: this.reader.offset,
    });
  }

  #unknown(opcode: number): UnsupportedError | FormatError {
    const name = refusedOpcodes.get(opcode);
    return name === undefined
      ? this.error(text("{0} is no opcode", `0x${opcode.toString(16)}`))
      : new UnsupportedError(
          this.#subject,
          text("the pickle uses {0}, which no writer of tensors does; it is not followed", name),
        );
  }
}

const stop = 0x2e;

const refusedOpcodes: ReadonlyMap<number, string> = new Map([
  [0x69, "INST"],
  [0x6f, "OBJ"],
  [0x50, "PERSID"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
  [0x97, "NEXT_BUFFER"],
  [0x98, "READONLY_BUFFER"],
]);

/** What each opcode does. A name in a comment is that of Python's pickle.py. */
const operations: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map<
  number,
  (machine: PickleMachine) => void
>([
  [0x80, (m) => m.protocol(m.reader.uint8())], // PROTO
  [0x95, (m) => void m.reader.uint64()], // FRAME, a hint for streams: the end of the bytes is the bound here
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.reader.int32())], // BININT
  [0x4b, (m) => m.push(m.reader.uint8())], // BININT1
  [0x4d, (m) => m.push(m.reader.uint16())], // BININT2
  [0x8a, (m) => m.push(m.integer(m.reader.uint8()))], // LONG1
  [0x8b, (m) => m.push(m.integer(m.reader.uint32()))], // LONG4
  [0x47, (m) => m.push(m.reader.float64BigEndian())], // BINFLOAT
  [0x54, (m) => m.push(m.text(m.reader.uint32()))], // BINSTRING, of Python 2
  [0x55, (m) => m.push(m.text(m.reader.uint8()))], // SHORT_BINSTRING, of Python 2
  [0x58, (m) => m.push(m.text(m.reader.uint32()))], // BINUNICODE
  [0x8c, (m) => m.push(m.text(m.reader.uint8()))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(m.text(m.reader.uint64()))], // BINUNICODE8
  [0x42, (m) => m.push(m.reader.bytes(m.reader.uint32()))], // BINBYTES
  [0x43, (m) => m.push(m.reader.bytes(m.reader.uint8()))], // SHORT_BINBYTES
  [0x8e, (m) => m.push(m.reader.bytes(m.reader.uint64()))], // BINBYTES8
  [0x96, (m) => m.push(m.reader.bytes(m.reader.uint64()))], // BYTEARRAY8
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x7d, (m) => m.push(new PickleDict())], // EMPTY_DICT
  [0x8f, (m) => m.push(new PickleOpaque("builtins.set"))], // EMPTY_SET
  [0x61, (m) => m.append([m.pop()])], // APPEND
  [0x65, (m) => m.append(m.popMark())], // APPENDS
  [0x90, (m) => m.append(m.popMark())], // ADDITEMS
  [0x91, (m) => m.frozenSet()], // FROZENSET
  [0x73, (m) => m.setItems(m.popItems(2))], // SETITEM
  [0x75, (m) => m.setItems(m.popMark())], // SETITEMS
  [0x6c, (m) => m.push(m.popMark())], // LIST
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x64, (m) => m.dictionary()], // DICT
  [0x85, (m) => m.push(m.popItems(1))], // TUPLE1
  [0x86, (m) => m.push(m.popItems(2))], // TUPLE2
  [0x87, (m) => m.push(m.popItems(3))], // TUPLE3
  [0x63, (m) => m.push(new PickleGlobal(`${m.line()}.${m.line()}`))], // GLOBAL
  [0x93, (m) => m.stackGlobal()], // STACK_GLOBAL
  [0x52, (m) => m.call(m.popItems(2))], // REDUCE
  [0x81, (m) => m.call(m.popItems(2))], // NEWOBJ
  [0x92, (m) => m.call(m.popItems(3))], // NEWOBJ_EX
  [0x62, (m) => m.build()], // BUILD
  [0x51, (m) => m.persistent()], // BINPERSID
  [0x71, (m) => m.memoize(m.reader.uint8())], // BINPUT
  [0x72, (m) => m.memoize(m.reader.uint32())], // LONG_BINPUT
  [0x94, (m) => m.memoize()], // MEMOIZE
  [0x68, (m) => m.recall(m.reader.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.reader.uint32())], // LONG_BINGET
]);
