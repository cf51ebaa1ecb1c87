/**
 * Python pickles → plain values, without running any code.
 *
 * Spec:    Python's pickletools, protocols 0 to 5; the opcodes are in opcodes.ts.
 * Calls:   only functions of the caller's own, chosen by the name that the pickle gives; any other name becomes a
 *          `PickleOpaque` that remembers it. There is no import, no attribute look-up, no code.
 * Recovers: a truncated pickle yields the objects that were built before its end, with the reason.
 */
import { isUnrollError, LimitError, type UnrollError } from "../../core/errors";
import { text } from "../../core/text";
import { ByteReader } from "../base/bytes";
import { PickleMachine } from "./machine";
import { operations, stop } from "./opcodes";
import type { PickleHost, PickleValue } from "./values";

/** A tensor takes some 40 opcodes; this is `maxEntries` of them with some to spare. */
const maxOpcodes = 6_000_000;

export interface PickleResult {
  readonly value: PickleValue;
  /** Bytes up to the end of the pickle. */
  readonly byteLength: number;
  /** Names of callables in the pickle that are not on the caller's list. */
  readonly called: ReadonlySet<string>;
  /** Why the value is not complete. */
  readonly problem: UnrollError | undefined;
  /** How many more bytes the opcode that broke off asked for; 0 when that was not the reason. */
  readonly missingBytes: number;
}

/**
 * Runs the pickle that `bytes` begin with and returns the value it leaves; `subject` is the file, or file and member.
 * @throws FormatError when it is damaged, LimitError when it is too long.
 */
export function parsePickle(subject: string, bytes: Uint8Array, host: PickleHost): PickleValue {
  const { value, problem } = runPickle(subject, bytes, host);
  if (problem !== undefined) throw problem;
  return value;
}

/** Runs a pickle as far as it goes. `base` is the position of `bytes` in the file. */
export function runPickle(
  subject: string,
  bytes: Uint8Array,
  host: PickleHost,
  base = 0,
): PickleResult {
  const machine = new PickleMachine(subject, new ByteReader(subject, bytes, base), host);
  let problem: UnrollError | undefined;
  let value: PickleValue;
  try {
    value = runOpcodes(subject, machine);
  } catch (error) {
    if (!isUnrollError(error)) throw error;
    problem = error;
    value = machine.unfinished();
  }
  const byteLength = machine.reader.offset - base;
  return {
    value,
    byteLength,
    called: machine.called,
    problem,
    missingBytes: machine.reader.missing,
  };
}

function runOpcodes(subject: string, machine: PickleMachine): PickleValue {
  const { reader } = machine;
  for (let count = 0; count < maxOpcodes; count += 1) {
    const opcode = reader.uint8();
    if (opcode === stop) return machine.pop();
    const operation = operations[opcode];
    if (operation === undefined) {
      throw machine.error(text("{0} is no opcode", `0x${opcode.toString(16)}`));
    }
    operation(machine);
  }
  throw new LimitError(subject, { of: "opcode-count" }, maxOpcodes, maxOpcodes + 1);
}
