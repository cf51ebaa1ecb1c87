/** Every damaged and hostile file of the fixtures opens or is refused in one tagged sentence. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderText } from "../../../src/core/text";
import { fixtures, openBytes, readFixture, refusal } from "./support";

/** Damage that does not touch the values, or that the format allows, or behind tensors that could still be read. */
const opens = new Set([
  "bom.json",
  "data_pkl_truncated.pt",
  "hostile_calls_eval.pt",
  "hostile_calls_exec.pt",
  "hostile_calls_os_system.legacy.pt",
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

  const named: readonly (readonly [string, string])[] = [
    ["hostile_calls_os_system.pt", "posix.system"],
    ["hostile_calls_os_system.legacy.pt", "posix.system"],
    ["hostile_calls_os_system_protocol4.pt", "posix.system"],
    ["hostile_calls_eval.pt", "__builtin__.eval"],
    ["hostile_calls_exec.pt", "__builtin__.exec"],
    ["hostile_inst_opcode.pt", "posix.system"],
    ["hostile_obj_opcode.pt", "posix.system"],
    ["hostile_newobj.pt", "subprocess.Popen"],
    ["hostile_getattr_chain.pt", "__builtin__.getattr"],
    ["hostile_dotted_name.pt", "torch.serialization.os.system"],
    ["hostile_ext_opcode.pt", "extension registry code 1"],
  ];
  for (const [name, called] of named) {
    it(`${name}: what it would have called is named`, async () => {
      const bytes = readFixture(`broken/files/${name}`);
      const error = await refusal(name, bytes);
      const notes = error === undefined ? (await openBytes(name, bytes)).notes : [error.text];
      assert.ok(
        notes
          .map((note) => renderText(note))
          .join()
          .includes(called),
      );
    });
  }

  it("never run code", () => {
    assert.ok(names.length >= 116);
    assert.ok(!existsSync(join(tmpdir(), "pwned")));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
