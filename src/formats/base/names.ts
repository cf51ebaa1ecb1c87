/**
 * Formats that Unroll reads, by the word that is also the `format` of `unroll inspect --json`, and what people call them.
 */
export const formatNames = {
  npy: "NumPy",
  npz: "NumPy",
  safetensors: "safetensors",
  json: "JSON",
  pytorch: "PyTorch",
  onnx: "ONNX",
  hdf5: "HDF5",
  keras: "Keras",
  pickle: "pickle",
  text: "text",
  gguf: "GGUF",
  tensorflow: "TensorFlow",
} as const;

export type ArchiveFormat = keyof typeof formatNames;
