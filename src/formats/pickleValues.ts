/**
 * What a pickle turns into: plain values, names of classes, and objects that nobody rebuilt.
 */
/** Names go into sentences; a real one is a few words long. */
const maxNameLength = 200;

/** A dictionary or one of its kinds. Keys are compared as JavaScript compares them; the order is kept. */
export class PickleDict {
  readonly items = new Map<PickleValue, PickleValue>();
}

/** A class or function that the pickle names. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name.slice(0, maxNameLength);
  }
}

/** An object that was not rebuilt: the name of what would have made it, and the state it was given. */
export class PickleOpaque {
  readonly name: string;
  /** Items set on it, if it is a kind of dictionary. */
  readonly dict = new PickleDict();
  state: PickleValue = null;

  constructor(name: string) {
    this.name = name;
  }
}

/** Base of the values that the caller's functions make. */
export abstract class PickleHosted {
  abstract readonly hosted: string;
}

/** Lists and tuples are both arrays; sets are opaque. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleGlobal
  | PickleOpaque
  | PickleHosted;

export interface PickleHost {
  /** What may be called, by `module.name`: the closed list. */
  readonly callables: ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue>;
  /** Resolves a persistent id: PyTorch keeps its storages outside the pickle. */
  persistent(id: PickleValue): PickleValue;
}
