/**
 * The JSON schema of run files, from which `node scripts/schema.mjs` writes `schema/run.schema.json`.
 */
import { entriesOf, groups, inputKeys, weightKeys } from "./keys";
import { mapSchema } from "./mapSchema";
import type { Key, Kind } from "./key";

type Schema = Readonly<Record<string, unknown>>;

/** Names of tensors may have line breaks, which `.` would not take. */
const tensorPattern = String.raw`^[^#]|^#[\s\S]*#`;
const line = {
  type: "object",
  additionalProperties: false,
  required: ["alpha", "beta"],
  properties: {
    alpha: { type: "number", default: 0.2, description: "Slope." },
    beta: { type: "number", default: 0.5, description: "Value at 0." },
  },
};

/** The JSON schema of each kind of key. */
const valueOf: Readonly<Record<Kind, (key: Key) => Schema>> = {
  switch: () => ({ type: "boolean" }),
  boolean: () => ({ type: "boolean" }),
  choice: ({ values = [], meanings }) => {
    const names = { enum: values.filter((value) => value !== null) };
    if (values.includes(null)) return { anyOf: [names, { type: "null" }] };
    return meanings === undefined ? names : { ...names, enumDescriptions: meanings };
  },
  gateActivation: ({ values }) => ({ anyOf: [{ enum: values }, line] }),
  positive: () => ({ type: "number", exclusiveMinimum: 0 }),
  count: () => ({ type: "integer", minimum: 1 }),
  tolerance: () => ({ $ref: "#/definitions/tolerance" }),
  tolerances: ({ values = [] }) => ({
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      values.map((name) => [name, { $ref: "#/definitions/ownTolerance" }]),
    ),
    examples: [{ c_n: { atol: 1e-4 } }],
  }),
  layer: () => ({ type: ["string", "null"], minLength: 1 }),
  tensor: () => ({ $ref: "#/definitions/tensor" }),
  archive: () => ({ type: "string", minLength: 1 }),
  file: () => ({ type: "string", minLength: 1 }),
  lengths: () => ({
    type: ["array", "string"],
    minItems: 1,
    items: { type: "integer", minimum: 1 },
    pattern: tensorPattern,
    examples: [[5, 3, 2], "batch.npz#lengths"],
  }),
  map: () => ({ anyOf: [{ type: "string", minLength: 1 }, { $ref: "#/definitions/map" }] }),
  engines: ({ values }) => ({
    type: "array",
    uniqueItems: true,
    items: { enum: values },
    examples: [["onnxruntime"]],
  }),
};

function schemaOf(key: Key): Schema {
  return {
    ...valueOf[key.kind](key),
    ...(key.default === undefined ? {} : { default: key.default }),
    description: key.description,
    ...(key.examples === undefined ? {} : { examples: key.examples }),
  };
}

function propertiesOf(keys: Readonly<Record<string, Key>>): Schema {
  return Object.fromEntries(entriesOf(keys).map(([name, key]) => [name, schemaOf(key)]));
}

const weights = {
  description:
    "The file that holds the weights, and the module in it. Also written file or file#module.",
  type: ["object", "string"],
  additionalProperties: false,
  required: ["file"],
  pattern: tensorPattern,
  patternErrorMessage: 'Expected a file of weights, or a module in it written "file#module".',
  examples: ["weights.pt", "model.safetensors#encoder.rnn."],
  properties: {
    file: {
      type: "string",
      minLength: 1,
      description: "A state_dict: .pt, .pth, .safetensors, .npz, .npy or .json.",
      examples: ["weights.pt", "model.safetensors"],
    },
    module: {
      type: "string",
      description:
        "The text before weight_ih_l0 in the tensor names, with its dot. May be left out when the file holds one recurrent module.",
      examples: ["rnn.", "encoder.rnn."],
    },
    ...propertiesOf(weightKeys),
  },
};

/** The whole schema. */
export function runSchema(): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Unroll run",
    description:
      "A recurrent network, its input and what its results are compared with. Paths are relative to this file.",
    type: "object",
    additionalProperties: false,
    required: ["weights", "input"],
    allowComments: true,
    allowTrailingCommas: true,
    defaultSnippets: [
      {
        label: "Run with a reference",
        body: {
          weights: { file: "${1:weights.pt}" },
          input: "${2:input.npy}",
          reference: { output: "${3:expected.npz}#output", h_n: "${3:expected.npz}#h_n" },
        },
      },
    ],
    definitions: {
      tensor: {
        type: "string",
        pattern: tensorPattern,
        patternErrorMessage: 'Expected a tensor in a file, written "file#tensor".',
      },
      tolerance: { type: "number", minimum: 0 },
      ownTolerance: {
        type: "object",
        additionalProperties: false,
        properties: {
          rtol: { $ref: "#/definitions/tolerance", description: "Relative tolerance." },
          atol: { $ref: "#/definitions/tolerance", description: "Absolute tolerance." },
        },
      },
      ...mapSchema,
    },
    properties: {
      $schema: {
        type: "string",
        description: "Where this schema lies. Not needed: VS Code finds it by the file's name.",
      },
      weights,
      ...propertiesOf(inputKeys),
      ...Object.fromEntries(
        Object.entries(groups).map(([name, { keys, description }]) => [
          name,
          {
            description,
            type: "object",
            additionalProperties: false,
            properties: propertiesOf(keys),
          },
        ]),
      ),
    },
  };
}
