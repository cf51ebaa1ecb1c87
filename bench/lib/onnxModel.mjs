/**
 * The network as an ONNX model: one RNN, GRU or LSTM operator a layer, its directions laid side by side in between.
 *
 * Field numbers are those of onnx.proto (ONNX 1.16); only the messages and fields that are written are listed.
 */
const schema = `
  syntax = "proto3";
  message Dimension { int64 dim_value = 1; }
  message Shape { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Attribute { string name = 1; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Node { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated Attribute attribute = 5; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; Graph graph = 7; repeated OperatorSet opset_import = 8; }
`;
const [FLOAT, INT64] = [1, 7];
const attributeType = { int: 2, string: 3, ints: 7 };

/** PyTorch's gate blocks in ONNX' order: z r h of r z n, i o f c of i f g o. */
const gateOrder = { RNN: [0], GRU: [1, 0, 2], LSTM: [0, 3, 1, 2] };

/** Bytes of the model, with the weights inside. `protobuf` is the protobufjs module; `weights` are by name. */
export function onnxModel(protobuf, config, weights) {
  const { numLayers, hiddenSize, seqLength, batchSize, inputSize } = config;
  const suffixes = config.bidirectional ? ["", "_reverse"] : [""];
  const layers = Array.from({ length: numLayers }, (_, layer) => layer);
  const graph = {
    name: config.name,
    node: layers.flatMap((layer) => layerNodes(layer, config)),
    initializer: [
      tensor("rows", [3], BigInt64Array.of(0n, 0n, -1n), INT64),
      ...layers.flatMap((layer) => layerWeights(layer, suffixes, config, weights)),
    ],
    input: [valueInfo("x0", [seqLength, batchSize, inputSize])],
    output: [valueInfo("output", [seqLength, batchSize, suffixes.length * hiddenSize])],
  };
  const Model = protobuf.parse(schema).root.lookupType("Model");
  const model = { irVersion: 8, opsetImport: [{ domain: "", version: 14 }], graph };
  return Model.encode(Model.fromObject(model)).finish();
}

function layerWeights(layer, suffixes, { cell, hiddenSize }, weights) {
  const order = gateOrder[cell];
  const joined = (roles) => {
    const blocks = suffixes.flatMap((suffix) =>
      roles.flatMap((role) => gateBlocks(weights.get(`${role}_l${layer}${suffix}`), order)),
    );
    return Buffer.concat(
      blocks.map(({ buffer, byteOffset, byteLength }) =>
        Buffer.from(buffer, byteOffset, byteLength),
      ),
    );
  };
  const [count, rows] = [suffixes.length, order.length * hiddenSize];
  const weightIh = joined(["weight_ih"]);
  const features = weightIh.byteLength / Float32Array.BYTES_PER_ELEMENT / count / rows;
  return [
    tensor(`W${layer}`, [count, rows, features], weightIh),
    tensor(`R${layer}`, [count, rows, hiddenSize], joined(["weight_hh"])),
    tensor(`B${layer}`, [count, 2 * rows], joined(["bias_ih", "bias_hh"])),
  ];
}

function gateBlocks(values, order) {
  const length = values.length / order.length;
  return order.map((block) => values.subarray(block * length, (block + 1) * length));
}

/** The operator gives (T, D, B, H); the next layer and the output take (T, B, D·H). */
function layerNodes(layer, { cell, numLayers, bidirectional, hiddenSize }) {
  const direction = bidirectional ? "bidirectional" : "forward";
  const output = layer === numLayers - 1 ? "output" : `x${layer + 1}`;
  const recurrent = {
    opType: cell,
    input: [`x${layer}`, `W${layer}`, `R${layer}`, `B${layer}`],
    output: [`y${layer}`],
    attribute: [
      { name: "direction", type: attributeType.string, s: Buffer.from(direction) },
      { name: "hidden_size", type: attributeType.int, i: hiddenSize },
      ...(cell === "GRU" ? [{ name: "linear_before_reset", type: attributeType.int, i: 1 }] : []),
    ],
  };
  // With one direction there is nothing to exchange: its axis is dropped without a copy.
  if (!bidirectional) {
    const drop = { opType: "Reshape", input: [`y${layer}`, "rows"], output: [output] };
    return [recurrent, drop];
  }
  const perm = { name: "perm", type: attributeType.ints, ints: [0, 2, 1, 3] };
  return [
    recurrent,
    { opType: "Transpose", input: [`y${layer}`], output: [`t${layer}`], attribute: [perm] },
    { opType: "Reshape", input: [`t${layer}`, "rows"], output: [output] },
  ];
}

function tensor(name, dims, data, type = FLOAT) {
  const rawData = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims, dataType: type, rawData };
}

function valueInfo(name, shape) {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
