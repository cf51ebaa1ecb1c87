/**
 * The part of the WebAssembly JavaScript API that the engine uses, which Node's types do not declare.
 */
declare namespace WebAssembly {
  /** Compiled code. */
  type Module = object;
  const Module: new (bytes: Uint8Array) => Module;
  class Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    constructor(descriptor: { initial: number; maximum: number; shared: boolean });
    /** Adds pages of 64 KiB. */
    grow(pages: number): number;
  }
  class Instance {
    readonly exports: object;
    constructor(module: Module, imports: object);
  }
  function validate(bytes: Uint8Array): boolean;
}
