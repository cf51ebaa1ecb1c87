/**
 * The state of the pickle machine: stack, marks and memo. Nothing is called but the host's functions.
 */
import { FormatError, LimitError, UnsupportedError } from "../../core/errors";
import { text, type Text } from "../../core/text";
import type { ByteReader } from "../base/bytes";
import {
  PickleDict,
  PickleGlobal,
  PickleOpaque,
  type PickleHost,
  type PickleValue,
} from "./values";

/** Limit of the estimated memory of a pickle's values; a checkpoint of `maxEntries` tensors takes half of it. */
const maxValueBytes = 2 ** 27;

/** Pickles of large integers (ids, hashes, seeds) stay far below. */
const maxIntegerBytes = 1024;

/** Integers up to this size are converted: sizes, 64-bit values, 128-bit ids, hashes of 32 bytes. */
const maxReadBytes = 32;
/** As many digits, a sign and an L. */
const maxReadDigits = 80;

const highestProtocol = 5;

/** Memo slots are taken one after another; a jump beyond this is a lie about the size of the memo. */
const maxMemoGap = 65_536;

export class PickleMachine {
  readonly reader: ByteReader;
  readonly called = new Set<string>();
  readonly #subject: string;
  readonly #host: PickleHost;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at which a mark was set. */
  readonly #marks: number[] = [];
  readonly #memo: PickleValue[] = [];
  #valueBytes = 0;
  /** Room for an integer, with its sign. */
  readonly #wide = new Uint8Array(maxReadBytes);

  constructor(subject: string, reader: ByteReader, host: PickleHost) {
    this.#subject = subject;
    this.reader = reader;
    this.#host = host;
  }

  /** The objects of a truncated pickle: open containers are closed with the items they have. */
  unfinished(): PickleValue {
    for (let mark = this.#marks.pop(); mark !== undefined; mark = this.#marks.pop()) {
      const items = this.#stack.splice(mark);
      attachState(items);
      const target = this.#stack.at(-1);
      if (target instanceof PickleDict || target instanceof PickleOpaque) setPairs(target, items);
      else if (Array.isArray(target)) for (const item of items) target.push(item);
      else if (items.length > 0) this.#stack.push(closed(items));
    }
    attachState(this.#stack);
    return closed(this.#stack);
  }

  /** Counts the memory of a value before it is made. */
  spend(bytes: number): void {
    this.#valueBytes += bytes;
    if (this.#valueBytes > maxValueBytes) {
      throw new LimitError(
        this.#subject,
        { of: "pickle-value-bytes" },
        maxValueBytes,
        this.#valueBytes,
      );
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  top(): PickleValue {
    const height = this.#stack.length;
    if (height === (this.#marks.at(-1) ?? 0)) {
      throw this.error(text("the pickle takes a value from an empty stack"));
    }
    return this.#stack[height - 1] ?? null;
  }

  mark(): void {
    this.spend(8);
    this.#marks.push(this.#stack.length);
  }

  /** The values since the last mark. */
  popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.error(text("the pickle looks for a mark that was not set"));
    return this.#stack.splice(mark);
  }

  /** The topmost values, lowest first; none from below the last mark. */
  popItems(length: number): PickleValue[] {
    const items = new Array<PickleValue>(length);
    for (let index = length - 1; index >= 0; index -= 1) items[index] = this.pop();
    return items;
  }

  tuple(items: PickleValue[]): void {
    this.spend(32 + 8 * items.length);
    this.push(items);
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== "string" || typeof name !== "string") {
      throw this.error(text("the pickle names a class by something that is no text"));
    }
    this.spend(64);
    this.push(new PickleGlobal(`${module}.${name}`));
  }

  memoize(index: number = this.#memo.length): void {
    if (index > this.#memo.length + maxMemoGap) {
      throw this.error(text("the pickle skips to memo {0}", index));
    }
    this.spend(8 * Math.max(1, index + 1 - this.#memo.length));
    this.#memo[index] = this.top();
  }

  recall(index: number): void {
    const value = this.#memo[index];
    if (value === undefined)
      throw this.error(text("the pickle refers to a value that it did not store"));
    this.push(value);
  }

  integer(length: number): PickleValue {
    if (length > maxIntegerBytes) {
      throw new LimitError(this.#subject, { of: "integer-bytes" }, maxIntegerBytes, length);
    }
    const bytes = this.reader.bytes(length);
    if (length > maxReadBytes) return this.#unread(length);
    this.spend(length);
    this.#wide.fill((bytes.at(-1) ?? 0) > 0x7f ? 0xff : 0);
    this.#wide.set(bytes);
    const words = new DataView(this.#wide.buffer);
    let word = Math.max(0, Math.ceil(length / 8) - 1);
    let value = words.getBigInt64(8 * word, true);
    while (word > 0) {
      word -= 1;
      value = (value << 64n) | words.getBigUint64(8 * word, true);
    }
    return narrow(value);
  }

  /** An integer written in digits, as protocol 0 does. */
  digits(): PickleValue {
    const bytes = this.reader.line();
    const isLong = bytes.length > maxReadDigits;
    if (isLong && bytes.every(isOfInteger)) return this.#unread(bytes.length);
    const line = new TextDecoder().decode(bytes.subarray(0, maxReadDigits)).replace(/L$/, "");
    if (isLong || !/^[+-]?[0-9]+$/.test(line)) {
      throw this.error(text("{0} is no number", JSON.stringify(line.slice(0, 20))));
    }
    return narrow(BigInt(line.replace("+", "")));
  }

  /** Replaces an integer that is too large to convert; tensors do not contain such integers. */
  #unread(length: number): PickleValue {
    this.spend(64);
    return `an integer of ${length} bytes`;
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top();
    const list = target instanceof PickleOpaque ? (target.list ??= []) : target;
    if (!Array.isArray(list)) {
      throw this.error(text("the pickle appends to something that is no list"));
    }
    this.spend(8 * items.length);
    for (const item of items) list.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    const isDict = target instanceof PickleDict || target instanceof PickleOpaque;
    if (!isDict || items.length % 2 !== 0) {
      throw this.error(text("the pickle sets keys of something that is no dictionary"));
    }
    this.spend(200 + 32 * items.length);
    setPairs(target, items);
  }

  dictionary(): void {
    const items = this.popMark();
    this.push(new PickleDict());
    this.setItems(items);
  }

  /** Calls a function of the closed list; `items` are callable, arguments and (not looked at) keyword arguments. */
  call(items: readonly PickleValue[]): void {
    const [callable = null, args] = items;
    if (!Array.isArray(args))
      throw this.error(text("the pickle calls something without a list of arguments"));
    this.instance(callable, args);
  }

  instance(callable: PickleValue, args: readonly PickleValue[]): void {
    this.spend(80);
    if (callable instanceof PickleGlobal) {
      const known = this.#host.callables.get(callable.name);
      if (known === undefined) this.called.add(callable.name);
      this.push(known === undefined ? new PickleOpaque(callable.name, args) : known(args));
    } else if (callable instanceof PickleOpaque) {
      this.push(new PickleOpaque(callable.name, args));
    } else {
      throw this.error(text("the pickle calls something that is no function"));
    }
  }

  /** State of an opaque object is kept to be searched. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof PickleOpaque) target.state = state;
    else if (isHosted(target)) target.build?.(state);
  }

  persistent(id: PickleValue): void {
    this.spend(80);
    this.push(this.#host.persistent(id));
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
}

function isHosted(value: PickleValue): value is Extract<PickleValue, { hosted: string }> {
  return typeof value === "object" && value !== null && "hosted" in value;
}

/** Digits, signs and the L behind them. */
function isOfInteger(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x4c;
}

function narrow(value: bigint): PickleValue {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function setPairs(target: PickleDict | PickleOpaque, items: readonly PickleValue[]): void {
  const dict = target instanceof PickleOpaque ? target.dict : target;
  for (let index = 0; index + 1 < items.length; index += 2) {
    dict.set(items[index] ?? null, items[index + 1] ?? null);
  }
}

/** The dictionary behind an object is the state that it was to be given. */
function attachState(stack: PickleValue[]): void {
  const [target, state] = stack.slice(-2);
  if (!(target instanceof PickleOpaque) || !(state instanceof PickleDict)) return;
  if (target.state !== null) return;
  target.state = state;
  stack.pop();
}

/** One value for what is left on a stack: a dictionary with the items behind it, or a list of all. */
function closed(stack: PickleValue[]): PickleValue {
  const [first = null] = stack;
  if (stack.length <= 1) return first;
  if (!(first instanceof PickleDict)) return stack;
  setPairs(first, stack.slice(1));
  return first;
}
