/**
 * The schema of a map of a module, for the definitions of the schema of run files.
 */
import { layoutsFor } from "../../model/assign/conventions";

const kinds = ["RNN", "LSTM", "GRU"] as const;
const size = { type: "integer", minimum: 1 };
const range = { type: "array", minItems: 1, maxItems: 2, items: { type: "integer", minimum: 0 } };

const layoutNames = [...new Set(kinds.flatMap((kind) => layoutsFor(kind).map(({ id }) => id)))];

const layout = {
  description:
    "The order of gates, how matrices lie, and what the cell adds: PyTorch's when left out; a name, or one by one.",
  anyOf: [
    { type: "string", examples: layoutNames },
    {
      type: "object",
      additionalProperties: false,
      properties: {
        gates: {
          type: "string",
          description: "PyTorch's letters in the order of the file.",
          examples: ["ifgo", "zrn"],
        },
        transposed: { type: "boolean", description: "true: a column for each unit, as in x·W." },
        forgetBias: {
          type: "number",
          description: "LSTM: added to the forget gate in every step.",
        },
        resetAfter: {
          type: "boolean",
          description: "GRU. false: the reset gate scales h before the product.",
        },
        updateTurned: { type: "boolean", description: "GRU. true: z is PyTorch's 1 − z." },
        peepholes: { type: "string", description: "Order of the peepholes.", examples: ["ifo"] },
      },
    },
  ],
};

const part = {
  type: "object",
  additionalProperties: false,
  required: ["tensor"],
  properties: {
    tensor: { type: "string", description: "The name of a tensor in the weights file." },
    index: {
      type: "array",
      minItems: 1,
      items: { type: "integer", minimum: 0 },
      description: "Indices on its first axes, such as the layer in a stacked tensor.",
    },
    rows: { ...range, description: "[from] or [from, to], as the file has them; without to." },
    columns: { ...range, description: "[from] or [from, to], as the file has them; without to." },
    transposed: {
      type: "boolean",
      description: "Whether units are columns; the layout's if left out.",
    },
    gates: {
      type: "string",
      description: "The gates it holds; all when left out.",
      examples: ["i"],
    },
  },
};

/** The definitions `map` and `slot`. */
export const mapSchema = {
  slot: {
    anyOf: [
      { type: ["string", "null"] },
      part,
      { type: "array", minItems: 1, items: { anyOf: [{ type: "string" }, part] } },
    ],
  },
  map: {
    type: "object",
    additionalProperties: false,
    required: ["kind", "slots"],
    properties: {
      kind: { enum: kinds },
      layout,
      inputSize: { ...size, description: "From the shapes when left out, as the other sizes." },
      hiddenSize: size,
      layers: size,
      bidirectional: { type: "boolean" },
      reverse: { type: "boolean", description: "true: from the last step to the first." },
      batchFirst: {
        type: "boolean",
        description: "true: input and output are [B, T, ·]. What options say counts more.",
      },
      nonlinearity: {
        enum: ["tanh", "relu"],
        description: "RNN: the activation, which tensors do not tell; tanh when left out.",
      },
      projection: { type: "integer", minimum: 0 },
      slots: {
        type: "object",
        description:
          "For each parameter by PyTorch's name: the name of a tensor, a part of one, a list (one for each gate), or null for zeros.",
        patternProperties: {
          "^(weight_(ih|hh|hr)|bias_(ih|hh)|peephole)_l[0-9]+(_reverse)?$": {
            $ref: "#/definitions/slot",
          },
        },
        additionalProperties: false,
      },
    },
  },
};
