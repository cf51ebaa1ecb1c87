/**
 * What can go wrong with a user's files and runs: five error classes, each told apart by its literal `tag`.
 *
 * Every error carries one sentence (`text`) with the file or tensor first, so that a surface can show it in the
 * user's language, and the same content as data, for programs. An error without a tag is a bug and is reported as one.
 */
import { renderText, text, type Text } from "./text";

/** Shared by all bundles of a thread: the readers are one of their own, with a copy of these classes. */
const brand = Symbol.for("unroll.error");

/** The largest number of candidates in an error; its sentence lists fewer, and says that there are more. */
const MAX_CANDIDATES = 20;

/** What an error is about, for programs: what its sentence says, as far as it is known. Survives `postMessage`. */
export interface ErrorData {
  readonly file?: string;
  readonly tensor?: string;
  /** Prefix of a recurrent module. */
  readonly module?: string;
  /** What was refused, where it is neither a file nor a tensor for certain. */
  readonly subject?: string;
  readonly expected?: readonly number[];
  /** A shape, or a size beside `limit`; a size beyond 2⁵³ as text. */
  readonly found?: readonly number[] | number | string;
  readonly limit?: number;
  /** Position in the file, in bytes. */
  readonly offset?: number;
  /** Place in a text file, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** What is there instead of what was named, or would be right in its place. */
  readonly candidates?: readonly string[];
  /** The option that would change it, by the product's own name; a surface knows what it calls it. */
  readonly option?: string;
}

/** Data whose subject is left out once it is known what it is. */
function named(data: ErrorData): ErrorData {
  const { subject, ...others } = data;
  const { file, tensor, module } = others;
  const known = [file, tensor, module, `${file}: ${tensor}`];
  return subject === undefined || known.includes(subject) ? others : data;
}

abstract class TaggedError extends Error {
  readonly [brand] = true;
  abstract readonly tag: string;
  readonly text: Text;
  data: ErrorData;

  constructor(message: Text, data: ErrorData, options?: ErrorOptions) {
    super(renderText(message), options);
    this.name = new.target.name;
    this.text = message;
    this.data = named(data);
  }

  /** The same error, which names the option that would change it. */
  ofOption(option: string): this {
    return this.about({ option });
  }

  /** The same error, which knows more: where it was refused, and what would be right. */
  about(data: ErrorData): this {
    this.data = named({ ...this.data, ...data });
    return this;
  }

  /** The same error, told by those who called: what the error knows itself stays. */
  within(data: ErrorData): this {
    this.data = named({ ...data, ...this.data });
    return this;
  }
}

/** The file is damaged or not what it claims to be. Retrying is useless; another copy of the file may help. */
export class FormatError extends TaggedError {
  readonly tag = "format";
  /** Absolute position in the file, in bytes, where the problem was found. */
  readonly offset: number | undefined;

  constructor(file: string, problem: Text, options: { offset?: number; cause?: unknown } = {}) {
    const { offset, cause } = options;
    super(
      offset === undefined
        ? text("{0}: {1}", file, problem)
        : text("{0}: {1} (at byte {2})", file, problem, offset),
      offset === undefined ? { file } : { file, offset },
      { cause },
    );
    this.offset = offset;
  }
}

/** The file is right, but holds something Unroll does not read or run. The sentence says what to do instead. */
export class UnsupportedError extends TaggedError {
  readonly tag = "unsupported";

  constructor(
    subject: string,
    feature: Text,
    { data = {}, ...options }: { cause?: unknown; data?: ErrorData } = {},
  ) {
    super(text("{0}: {1}", subject, feature), { subject, ...data }, options);
  }
}

/** A tensor does not have the shape that its place in the network asks for. */
export class ShapeError extends TaggedError {
  readonly tag = "shape";

  constructor(
    subject: string,
    expected: readonly number[],
    actual: readonly number[],
    reason?: Text,
  ) {
    const sizes = [`[${expected.join(", ")}]`, `[${actual.join(", ")}]`] as const;
    super(
      reason === undefined
        ? text("{0}: expected shape {1}, found {2}", subject, ...sizes)
        : text("{0}: expected shape {1}, found {2}; {3}", subject, ...sizes, reason),
      { tensor: subject, expected, found: actual },
    );
  }
}

/** A size passes a bound that protects memory or the editor. The sentence names the bound. */
export class LimitError extends TaggedError {
  readonly tag = "limit";

  /** `advice` says what to do instead. */
  constructor(file: string, what: Text, limit: number, actual: number | bigint, advice?: Text) {
    const sizes = [String(actual), String(limit)] as const;
    super(
      advice === undefined
        ? text("{0}: {1} is {2}, the limit is {3}", file, what, ...sizes)
        : text("{0}: {1} is {2}, the limit is {3}; {4}", file, what, ...sizes, advice),
      { subject: file, limit, found: typeof actual === "bigint" ? String(actual) : actual },
    );
  }
}

/** A file, tensor or module that was named is not there. `candidates` are what is; of a file unless `data` says of what. */
export class NotFoundError extends TaggedError {
  readonly tag = "not-found";

  constructor(
    file: string,
    missing: Text,
    candidates: readonly string[] = [],
    { data = { file }, ...options }: { cause?: unknown; data?: ErrorData } = {},
  ) {
    const listed = candidates.slice(0, MAX_CANDIDATES);
    super(
      listed.length === 0
        ? text("{0}: {1}", file, missing)
        : text("{0}: {1}; it has {2}", file, missing, listed),
      candidates.length === 0
        ? data
        : { ...data, candidates: (data.candidates ?? candidates).slice(0, MAX_CANDIDATES) },
      options,
    );
  }
}

/** The user stopped the work. Never shown as an error. */
export class CancelledError extends TaggedError {
  readonly tag = "cancelled";

  constructor() {
    super(text("Cancelled"), {});
  }
}

export type UnrollError =
  FormatError | UnsupportedError | ShapeError | LimitError | NotFoundError | CancelledError;

/** True for the classes above. */
export function isUnrollError(error: unknown): error is UnrollError {
  return error instanceof Error && brand in error;
}
