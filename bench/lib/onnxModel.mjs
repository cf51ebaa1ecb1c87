/**
 * The network as an ONNX model: one RNN operator a layer, its directions laid side by side in between.
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

/** Bytes of the model, with the weights inside. `protobuf` is the protobufjs module. */
export function onnxModel(protobuf, { size, parameters }) {
  const { numLayers, hiddenSize, seqLength, batchSize, inputSize } = size;
  const directions = size.bidirectional ? ["", "_reverse"] : [""];
  const tensor = (name, dims, data, type = FLOAT) => ({
    ...{ name, dims, dataType: type },
    rawData: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  });
  const initializer = [
    tensor("rows", [3], BigInt64Array.of(0n, 0n, -1n), INT64),
    ...Array.from({ length: numLayers }, (_, layer) => weightsOf(parameters, layer, directions)),
  ].flat();
  function weightsOf(all, layer, suffixes) {
    const joined = (roles) =>
      Float32Array.from(
        suffixes.flatMap((suffix) =>
          roles.flatMap((role) => [...all.get(`${role}_l${layer}${suffix}`).data]),
        ),
      );
    const [weightIh, weightHh] = [joined(["weight_ih"]), joined(["weight_hh"])];
    const [count, features] = [suffixes.length, weightIh.length / suffixes.length / hiddenSize];
    return [
      tensor(`W${layer}`, [count, hiddenSize, features], weightIh),
      tensor(`R${layer}`, [count, hiddenSize, hiddenSize], weightHh),
      tensor(`B${layer}`, [count, 2 * hiddenSize], joined(["bias_ih", "bias_hh"])),
    ];
  }
  const layers = Array.from({ length: numLayers }, (_, layer) =>
    layerNodes(layer, layer === numLayers - 1, size),
  );
  const valueInfo = (name, shape) => ({
    name,
    type: {
      tensorType: { elemType: FLOAT, shape: { dim: shape.map((dimValue) => ({ dimValue })) } },
    },
  });
  const graph = {
    ...{ name: "rnn", node: layers.flat(), initializer },
    input: [valueInfo("x0", [seqLength, batchSize, inputSize])],
    output: [valueInfo("output", [seqLength, batchSize, directions.length * hiddenSize])],
  };
  const Model = protobuf.parse(schema).root.lookupType("Model");
  const model = { irVersion: 8, opsetImport: [{ domain: "", version: 14 }], graph };
  return Model.encode(Model.fromObject(model)).finish();
}

/** RNN gives (T, D, B, H); the next layer and the output take (T, B, D·H). */
function layerNodes(layer, isLast, { bidirectional, hiddenSize }) {
  const direction = bidirectional ? "bidirectional" : "forward";
  return [
    {
      opType: "RNN",
      input: [`x${layer}`, `W${layer}`, `R${layer}`, `B${layer}`],
      output: [`y${layer}`],
      attribute: [
        { name: "direction", type: attributeType.string, s: Buffer.from(direction) },
        { name: "hidden_size", type: attributeType.int, i: hiddenSize },
      ],
    },
    {
      opType: "Transpose",
      input: [`y${layer}`],
      output: [`t${layer}`],
      attribute: [{ name: "perm", type: attributeType.ints, ints: [0, 2, 1, 3] }],
    },
    {
      opType: "Reshape",
      input: [`t${layer}`, "rows"],
      output: [isLast ? "output" : `x${layer + 1}`],
    },
  ];
}
