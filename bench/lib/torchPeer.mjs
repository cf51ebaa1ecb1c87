/** PyTorch through the user's python3, kept running so that its start is not measured. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../torch_peer.py", import.meta.url));

/** PyTorch as { name, ask, close }, or null when python3 has none. `folder` is for files that both sides read. */
export async function startTorch(folder) {
  const python = spawn("python3", ["-u", script], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((resolve) => python.once("error", () => resolve({ done: true })));
  const answer = async () => {
    const { value, done } = await Promise.race([lines.next(), failed]);
    return done ? null : JSON.parse(value);
  };
  const hello = await answer();
  if (hello === null) return null;
  const ask = (request) => {
    python.stdin.write(`${JSON.stringify(request)}\n`);
    return answer();
  };
  return {
    name: `PyTorch ${hello.torch}`,
    ask,
    close: () => python.stdin.end(),
    prepare: async ({ size, parameters, input }) => {
      const path = join(folder, `${size.name}.f32`);
      const values = [...parameters.values()].map(({ data }) => data);
      writeFileSync(
        path,
        Buffer.concat([...values, input].map((data) => Buffer.from(data.buffer))),
      );
      await ask({ do: "prepare", size, path });
      return {
        // Measured on its own side of the pipe.
        time: async () => (await ask({ do: "run" })).ms,
        run: async () => {
          await ask({ do: "write", path });
          const bytes = readFileSync(path);
          return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
        },
        close: () => undefined,
      };
    },
  };
}
