/** The values of a case, read where an engine prepares it. */
import { readFileSync } from "node:fs";

/** float32 numbers of a file. */
export function readFloats(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}

/** `{ weights, input }`: Float32Array by parameter name, and (T, B, I). */
export function readValues({ values, parameters, seqLength, batchSize, inputSize }) {
  const all = readFloats(values);
  let offset = 0;
  const take = (length) => all.subarray(offset, (offset += length));
  const weights = new Map(
    parameters.map(({ name, shape }) => [name, take(shape.reduce((left, right) => left * right))]),
  );
  return { weights, input: take(seqLength * batchSize * inputSize) };
}
