/**
 * The values that a pickle becomes: plain values, class names, and objects that are not rebuilt.
 */

/** Names go into sentences; a real one is a few words long. */
const maxNameLength = 200;

const noItems: ReadonlyMap<PickleValue, PickleValue> = new Map();

/** A dictionary or one of its kinds. Keys are compared as JavaScript compares them; the order is kept. */
export class PickleDict {
  // Made when the first key is set: half of the dictionaries of a checkpoint are empty ones, one for each tensor.
  #items: Map<PickleValue, PickleValue> | undefined;

  get items(): ReadonlyMap<PickleValue, PickleValue> {
    return this.#items ?? noItems;
  }

  set(key: PickleValue, value: PickleValue): void {
    (this.#items ??= new Map()).set(key, value);
  }

  get(key: PickleValue): PickleValue | undefined {
    return this.#items?.get(key);
  }
}

/** A class or function that the pickle names. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name.slice(0, maxNameLength);
  }
}

/** An object that was not rebuilt: the name of its constructor, and all of its arguments. */
export class PickleOpaque {
  readonly name: string;
  /** The arguments of the constructor. */
  readonly args: readonly PickleValue[];
  /** Items set on it, if it is a kind of dictionary. */
  readonly dict = new PickleDict();
  /** Items appended to it, if it is a kind of list or set. */
  list: PickleValue[] | undefined;
  state: PickleValue = null;

  constructor(name: string, args: readonly PickleValue[] = []) {
    this.name = name;
    this.args = args;
  }
}

/** Base of the values that the caller's functions make. */
export abstract class PickleHosted {
  abstract readonly hosted: string;
  /** Takes the state that the pickle gives an object after it was made. */
  build?(state: PickleValue): void;
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
  /** The closed list of allowed callables, by `module.name`. */
  readonly callables: ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue>;
  /** Resolves a persistent id: PyTorch keeps its storages outside the pickle. */
  persistent(id: PickleValue): PickleValue;
}
