import assert from "node:assert/strict";
import { gateLayouts, type GateLayoutView } from "../../../src/model/gateLayouts";

/** `W_ii 0–2, W_if 2–4, …` */
function written({ name, blocks }: GateLayoutView): string {
  return `${name}: ${blocks.map((block) => `${block.name} ${block.start}–${block.end}`).join(", ")}`;
}

describe("gateLayouts", () => {
  it("names an LSTM's blocks under every stacking, PyTorch's first", () => {
    const layouts = gateLayouts("LSTM", "weightIh", { axis: 0, size: 8 });
    assert.deepEqual(layouts.map(written), [
      "PyTorch: W_ii 0–2, W_if 2–4, W_ig 4–6, W_io 6–8",
      "Keras: W_ii 0–2, W_if 2–4, W_ic 4–6, W_io 6–8",
      "TensorFlow 1: W_ii 0–2, W_ij 2–4, W_if 4–6, W_io 6–8",
      "Haiku: W_ii 0–2, W_ig 2–4, W_if 4–6, W_io 6–8",
      "ONNX: W_ii 0–2, W_io 2–4, W_if 4–6, W_ic 6–8",
      "Core ML: W_ii 0–2, W_if 2–4, W_io 4–6, W_iz 6–8",
    ]);
  });

  it("names a GRU's blocks", () => {
    const layouts = gateLayouts("GRU", "biasHh", { axis: 0, size: 3 });
    assert.deepEqual(layouts.map(written), [
      "PyTorch: b_hr 0–1, b_hz 1–2, b_hn 2–3",
      "Keras: b_hz 0–1, b_hr 1–2, b_hh 2–3",
      "ONNX: b_hz 0–1, b_hr 1–2, b_hh 2–3",
      "Core ML: b_hr 0–1, b_ho 1–2, b_hz 2–3",
    ]);
  });

  it("puts the layout of a file first, along its axis", () => {
    const [first, second] = gateLayouts("LSTM", "weightHh", { axis: 1, size: 12, first: "Keras" });
    assert.deepEqual([first?.name, first?.axis, second?.name], ["Keras", 1, "PyTorch"]);
    assert.deepEqual(first?.blocks[2], { name: "W_hc", start: 6, end: 9 });
  });

  it("has none for an RNN and for sizes that are no multiple", () => {
    assert.deepEqual(gateLayouts("RNN", "weightIh", { axis: 0, size: 8 }), []);
    assert.deepEqual(gateLayouts("GRU", "weightIh", { axis: 0, size: 8 }), []);
    assert.deepEqual(gateLayouts("LSTM", "biasIh", { axis: 0, size: 0 }), []);
  });
});
