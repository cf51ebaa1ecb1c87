/**
 * TensorFlow.js: its layers API, on whichever of its WASM and CPU backends is faster for the case.
 *
 * Its native backend (tfjs-node) downloads a library when it is installed and is not measured.
 */
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { dirname } from "node:path";
import { serve } from "../lib/serve.mjs";
import { readValues } from "../lib/values.mjs";

/** Steps of the trial that chooses the backend: fewer of a wide network, whose products take seconds on the CPU. */
const TRIAL_STEPS = 16;
const WIDE_STEPS = 2;
const WIDE = 256;
/** The trial takes the best call of about so many milliseconds. */
const TRIAL_MS = 300;

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs-core");
const { layers: factory, input, model } = require("@tensorflow/tfjs-layers");
const wasm = require("@tensorflow/tfjs-backend-wasm");
require("@tensorflow/tfjs-backend-cpu");
wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);

const factories = { RNN: factory.simpleRNN, GRU: factory.gru, LSTM: factory.lstm };
/** PyTorch's gate blocks in Keras' order: z r h of r z n; an LSTM's are the same in both. */
const gateOrder = { RNN: [0], GRU: [1, 0, 2], LSTM: [0, 1, 2, 3] };

/** Kernel (I, G·H), recurrent kernel (H, G·H) and the sum of the biases, as Keras has them. */
function layerTensors(config, weights, suffix) {
  return tf.tidy(() => {
    const order = gateOrder[config.cell];
    const of = (role, shape) => {
      const blocks = tf.split(tf.tensor(weights.get(role + suffix), shape), order.length);
      return tf.concat(order.map((block) => blocks[block]));
    };
    const rows = order.length * config.hiddenSize;
    const features = weights.get(`weight_ih${suffix}`).length / rows;
    return [
      tf.transpose(of("weight_ih", [rows, features])),
      tf.transpose(of("weight_hh", [rows, config.hiddenSize])),
      tf.add(of("bias_ih", [rows]), of("bias_hh", [rows])),
    ];
  });
}

function buildModel(config, weights) {
  const { cell, hiddenSize, numLayers, bidirectional, seqLength, batchSize, inputSize } = config;
  const x = input({ batchShape: [batchSize, seqLength, inputSize] });
  const stack = Array.from({ length: numLayers }, () => {
    const layer = factories[cell]({
      units: hiddenSize,
      returnSequences: true,
      recurrentInitializer: "zeros",
      ...(cell === "RNN" ? {} : { recurrentActivation: "sigmoid" }),
    });
    return bidirectional ? factory.bidirectional({ layer, mergeMode: "concat" }) : layer;
  });
  const y = stack.reduce((value, layer) => layer.apply(value), x);
  stack.forEach((layer, index) => {
    const suffixes = bidirectional ? [`_l${index}`, `_l${index}_reverse`] : [`_l${index}`];
    layer.setWeights(suffixes.flatMap((suffix) => layerTensors(config, weights, suffix)));
  });
  return model({ inputs: x, outputs: y });
}

async function prepareOn(backend, config, { weights, input: values }) {
  await tf.setBackend(backend);
  await tf.ready();
  const { seqLength, batchSize, inputSize } = config;
  const network = buildModel(config, weights);
  const steps = seqLength * batchSize * inputSize;
  const timeMajor = tf.tensor(values.subarray(0, steps), [seqLength, batchSize, inputSize]);
  const x = tf.transpose(timeMajor, [1, 0, 2]);
  return {
    run: async () => {
      const output = tf.tidy(() =>
        tf.transpose(network.predict(x, { batchSize: config.batchSize }), [1, 0, 2]),
      );
      const data = await output.data();
      output.dispose();
      return data;
    },
    release: () => {
      network.dispose();
      tf.dispose([x, timeMajor]);
    },
    detail: backend,
  };
}

/** Milliseconds of the best of some short forwards. */
async function trialMs(backend, config, values) {
  const steps = config.hiddenSize < WIDE ? TRIAL_STEPS : WIDE_STEPS;
  const seqLength = Math.min(steps, config.seqLength);
  const network = await prepareOn(backend, { ...config, seqLength }, values);
  const start = performance.now();
  let best = Infinity;
  while (performance.now() - start < TRIAL_MS) {
    const before = performance.now();
    await network.run();
    best = Math.min(best, performance.now() - before);
  }
  network.release();
  return best;
}

async function prepare(config) {
  const values = readValues(config);
  const wasmMs = await trialMs("wasm", config, values);
  const cpuMs = await trialMs("cpu", config, values);
  return prepareOn(wasmMs <= cpuMs ? "wasm" : "cpu", config, values);
}

await serve({ name: `TensorFlow.js ${tf.version_core}`, prepare });
