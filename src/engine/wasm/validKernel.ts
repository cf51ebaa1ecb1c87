/**
 * The binary of a kernel, where this JavaScript engine can run it.
 */

/** `code` is base64. null where there is no WASM with what it uses, such as SIMD. */
export function validKernel(code: string): Uint8Array<ArrayBuffer> | null {
  if (typeof WebAssembly === "undefined") return null;
  const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? bytes : null;
}

/** The same, compiled. */
export function compileKernel(code: string): WebAssembly.Module | null {
  const bytes = validKernel(code);
  return bytes === null ? null : new WebAssembly.Module(bytes);
}
