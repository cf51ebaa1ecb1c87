/** Writes .safetensors files. */
import { writeFileSync } from "node:fs";

/** The length of the header and the header; `entries` are { name, shape } of float32 tensors, one after the other. */
export function safetensorsHeader(entries) {
  let offset = 0;
  const fields = entries.map(({ name, shape }) => {
    const start = offset;
    offset += shape.reduce((left, right) => left * right) * Float32Array.BYTES_PER_ELEMENT;
    return [name, { dtype: "F32", shape, data_offsets: [start, offset] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(fields)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return { head: Buffer.concat([length, header]), dataLength: offset };
}

/** `entries` are { name, shape, data: Float32Array }. */
export function writeSafetensors(path, entries) {
  const data = entries.map(({ data: { buffer, byteOffset, byteLength } }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  writeFileSync(path, Buffer.concat([safetensorsHeader(entries).head, ...data]));
}
