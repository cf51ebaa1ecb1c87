/** The networks that are measured. */
export const sizes = [
  {
    name: "tiny",
    inputSize: 10,
    hiddenSize: 20,
    numLayers: 3,
    bidirectional: true,
    seqLength: 5,
    batchSize: 7,
  },
  {
    name: "small",
    inputSize: 64,
    hiddenSize: 128,
    numLayers: 1,
    bidirectional: false,
    seqLength: 100,
    batchSize: 1,
  },
  {
    name: "medium",
    inputSize: 256,
    hiddenSize: 512,
    numLayers: 2,
    bidirectional: true,
    seqLength: 128,
    batchSize: 8,
  },
];

export function describeSize(size) {
  const { inputSize, hiddenSize, numLayers, bidirectional, seqLength, batchSize } = size;
  const directions = bidirectional ? ", two directions" : "";
  return `${size.name}: I ${inputSize}, H ${hiddenSize}, L ${numLayers}${directions}, T ${seqLength}, B ${batchSize}`;
}
