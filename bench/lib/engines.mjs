/** The engines: ours first, then its peers, each a process on one thread or on more. */
import { fileURLToPath } from "node:url";
import { EngineProcess } from "./engineProcess.mjs";

/** 0 stands for all the threads an engine takes when it is not told. */
const ALL = 0;

const script = (name) => fileURLToPath(new URL(`../engines/${name}`, import.meta.url));

const onnx = (build) => ({
  id: build,
  command: (threads) => [process.execPath, script("onnxruntime.mjs"), build, String(threads)],
});

const peers = {
  web: onnx("onnxruntime-web"),
  node: onnx("onnxruntime-node"),
  torch: {
    id: "PyTorch",
    command: (threads) => ["python3", script("torch_engine.py"), String(threads)],
  },
  tfjs: {
    id: "TensorFlow.js",
    command: () => [process.execPath, script("tensorflowjs.mjs")],
  },
};

/** Which peers are measured beside ours with one thread, and with two. */
const line = {
  1: [
    [peers.web, 1],
    [peers.node, 1],
    [peers.torch, 1],
    [peers.torch, ALL],
    [peers.tfjs, 1],
  ],
  2: [
    [peers.web, 2],
    [peers.node, 2],
    [peers.torch, ALL],
  ],
};

/** Ours on `threads` and its peers; `bundle` is the URL of ours.ts bundled, `wanted` words of their names or none. */
export function makeEngines(bundle, threads, wanted) {
  const unroll = {
    id: "Unroll",
    command: (count) => [process.execPath, script("unroll.mjs"), bundle, String(count)],
  };
  const isWanted = ({ id }) =>
    wanted === null || wanted.some((word) => id.toLowerCase().includes(word.toLowerCase()));
  const chosen = line[threads].filter(([peer]) => isWanted(peer));
  return [[unroll, threads], ...chosen].map(
    ([{ id, command }, count]) =>
      new EngineProcess({ id, threads: count, command: command(count) }),
  );
}
