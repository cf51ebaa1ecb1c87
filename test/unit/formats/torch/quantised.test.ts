/** Quantised, frozen and exported modules of PyTorch: parameter by parameter against torch.dequantize. */
import assert from "node:assert/strict";
import { renderText } from "../../../../src/core/text";
import { openArchive } from "../../../../src/formats/open";
import { withModules, type ModuleArchive } from "../../../../src/model/derive/derive";
import { decodeRaw, type Box } from "../../../../src/tensor/raw";
import { fixtureSource, readAll, readOne } from "../support";

async function open(file: string): Promise<ModuleArchive> {
  return withModules(file, await openArchive(fixtureSource(`quantised/${file}`)));
}

const forms = ["lstm", "lstm_2", "gru_bi", "gru_2_bi"].flatMap((name) =>
  ["int8", "f16"].flatMap((word) => [`${name}_${word}.pt`, `${name}_${word}_module.pt`]),
);
const others = [
  "flat.pt",
  "cells.pt",
  "prepared.pt",
  "split_gates.pt",
  "per_channel.pt",
  "frozen.pt",
];
const exported = ["frozen_trace.pt", "exported.pt2", "exported_2_8.pt2", "exported_2_1.pt2"];

describe("quantised and exported modules of PyTorch", () => {
  for (const file of [...forms, ...others, ...exported]) {
    it(`reads the parameters of ${file}`, async () => {
      const expected = await readAll(await openArchive(fixtureSource("quantised/expected.npz")));
      const archive = await open(file);
      let compared = 0;
      for (const [name, wanted] of expected) {
        const [, parameter] = new RegExp(`^${file}/(.*(?:weight|bias).*)$`).exec(name) ?? [];
        if (parameter === undefined) continue;
        assert.deepEqual(await readOne(archive, parameter), wanted, parameter);
        compared += 1;
      }
      assert.ok(compared > 1);
    });
  }

  const modules = {
    "lstm_int8.pt": "LSTM 4 6 1 false",
    "lstm_2_f16.pt": "LSTM 4 6 2 false",
    "gru_bi_int8.pt": "GRU 4 6 1 true",
    "gru_2_bi_f16_module.pt": "GRU 4 6 2 true",
    "prepared.pt": "LSTM 4 6 1 true",
    "split_gates.pt": "LSTM 4 6 2 false",
    "exported.pt2": "GRU 4 6 2 false",
  };
  for (const [file, described] of Object.entries(modules)) {
    it(`finds the module of ${file}`, async () => {
      const found = (await open(file)).modules.map(({ config }) => {
        const { cell, inputSize, hiddenSize, numLayers, bidirectional } = config;
        return [cell, inputSize, hiddenSize, numLayers, bidirectional].join(" ");
      });
      assert.deepEqual(found, [described]);
    });
  }

  it("takes options from modules, code and graph", async () => {
    for (const file of ["lstm_2_int8_module.pt", "exported.pt2"]) {
      const [module] = (await open(file)).modules;
      assert.equal(module?.facts.batchFirst, true, file);
    }
    const [encoder, decoder, plain] = (await open("frozen.pt")).modules;
    assert.equal(encoder?.config.batchFirst, true);
    assert.equal(decoder?.config.bias, false);
    assert.equal(plain?.config.nonlinearity, "relu");
  });

  it("says that weights are dequantised", async () => {
    const said = async (file: string): Promise<string> =>
      (await open(file)).notes.map((note) => renderText(note)).join("\n");
    assert.match(await said("lstm_int8.pt"), /rnn is quantised to 8 bits; .* dequantised/);
    assert.match(await said("lstm_f16.pt"), /rnn is quantised to float16/);
    assert.match(await said("frozen.pt"), /a frozen TorchScript module/);
  });

  it("says that one part of a flat parameter is not enough", async () => {
    const { notes, modules } = await open("flat_part.pt");
    assert.equal(modules.length, 0);
    const said = notes.map((note) => renderText(note)).join("\n");
    assert.match(said, /model\.encoder\.flat_param_0 is one part of an FSDP flat parameter/);
  });

  it("reads a part of a tensor with a scale for each row", async () => {
    const archive = await open("per_channel.pt");
    const whole = await readOne(archive, "0.weight");
    const entry = archive.entries.find(({ name }) => name === "0.weight");
    assert.ok(entry);
    const box: Box = { start: [1, 2], size: [2, 1] };
    const { data } = decodeRaw(await archive.readBox(entry, box), "0.weight");
    assert.deepEqual([...data], [whole.data[6], whole.data[10]]);
  });
});
