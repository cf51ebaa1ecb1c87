/** Every damaged and hostile file of the fixtures opens or is refused in one tagged sentence. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixtures, readFixture, refusal } from "./support";

/** Damage that does not touch the values, or that the format allows. */
const opens = new Set([
  "bom.json",
  "hostile_calls_eval.pt",
  "hostile_calls_exec.pt",
  "hostile_calls_os_system.pt",
  "hostile_calls_os_system_protocol4.pt",
  "nan.json",
  "npy_named.safetensors",
  "npz_named.npy",
  "object_member.npz",
  "path_traversal_names.pt",
  "proto_key.json",
  "proto_key.safetensors",
  "safetensors_named.pt",
  "tensor_cuda_location.pt",
  "trailing_bytes.npy",
  "zero_size.npz",
  "zero_size.pt",
  "zero_size.safetensors",
  "zero_time_steps.npz",
]);

describe("broken files", () => {
  const folder = join(fixtures, "broken/files");
  const names = readdirSync(folder).filter((name) => name !== "index.json");

  for (const name of names) {
    it(`${name} ${opens.has(name) ? "opens" : "is refused"}`, async () => {
      const error = await refusal(name, readFixture(`broken/files/${name}`));
      assert.equal(error === undefined, opens.has(name), error?.message);
      if (error === undefined) return;
      assert.ok(error.message.startsWith(name), error.message);
      assert.ok(!error.message.includes("\n"), error.message);
      assert.ok(error.message.length < 400, error.message);
    });
  }

  it("run no code", () => {
    assert.ok(names.length >= 116);
    assert.ok(!existsSync(join(tmpdir(), "pwned")));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
