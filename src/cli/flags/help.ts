/**
 * The text of `unroll --help`.
 */
import { entriesOf, groups, weightKeys } from "../../run/spec/keys";
import type { Key, Kind } from "../../run/spec/key";

/** Where explanations begin. */
const COLUMN = 36;

/** What flags take whose keys have no list of values. */
const taken: Readonly<Partial<Record<Kind, string>>> = {
  switch: "",
  boolean: " true|false",
  layer: " NAME|none",
};

/** What a flag takes: `tanh|relu`, `C`, or nothing. */
function takenBy({ kind, values = [], takes }: Key): string {
  if (takes !== undefined) return ` ${takes}`;
  const names = values.map((value) => value ?? "none");
  if (kind === "gateActivation") names.push("ALPHA,BETA");
  return taken[kind] ?? ` ${names.join("|")}`;
}

/** The flags of a group of keys, each with its explanation beside it, or below one that is too long for that. */
function flagHelp(keys: Readonly<Record<string, Key>>): string {
  const lines = entriesOf(keys).flatMap(([, { flag, help = [], ...key }]) => {
    if (flag === undefined) return [];
    const name = `  --${flag}${takenBy(key)}`;
    const [first = "", ...more] = help;
    const rest = more.map((line) => " ".repeat(COLUMN) + line);
    if (name.length < COLUMN - 1) return [name.padEnd(COLUMN) + first, ...rest];
    return [name, " ".repeat(COLUMN) + first, ...rest];
  });
  return lines.join("\n");
}

const optionHelp = [
  weightKeys,
  groups.options.keys,
  groups.pipeline.keys,
  groups.compareWith.keys,
  groups.tolerance.keys,
]
  .map((keys) => flagHelp(keys))
  .join("\n");

export const helpText = `unroll: run a recurrent network from its files and compare it with a reference

  unroll inspect FILE [--map FILE] [--json]
      Lists the tensors in a file and the recurrent modules they form.

  unroll stats FILE[#tensor] [--json]
      Minimum, maximum, mean, standard deviation, percentiles and what is remarkable about the
      values of a tensor, or of all; the spectrum of a square recurrent weight. Reads all values.

  unroll export FILE[#tensor] --out FILE.npy|.npz|.csv|.json|.safetensors [--json]
      Writes a tensor, or all, in another format, with the stored dtype where the format has it.
      --slice "0, :, 3:10"          a part of it, as in NumPy's brackets, without steps

  unroll export FILE[#module] --as pytorch|keras|onnx|flax|mlx --out FILE [--json]
      Writes a recurrent module for another framework, and prints the lines that load it there:
      pytorch, flax, mlx .safetensors or .npz, keras .weights.h5 or .npz, onnx .onnx. What a
      framework cannot express is said, and nothing is written. --batch-first, --nonlinearity,
      --reset-after, --gate-activation, --clip, --coupled-input-forget, --reverse and --map say what
      the weights do not tell.
      --with states,lengths         more inputs of an ONNX graph: h0 (and c0), lengths
      --h0 FILE[#tensor], --c0 FILE[#tensor]
                                    what an ONNX graph begins with, in place of zeros or of what
                                    the file has itself

  unroll map FILE [--kind RNN|LSTM|GRU] [--out FILE.map.json [--pick N]] [--json]
      Of a file whose names tell no module: which of its tensors may be which parameters, ranked
      by shapes and names. The map that is written is what --map takes, and weights.map of a run.
      --input FILE[#tensor] --reference output=FILE#tensor
                                    runs what fits the shapes, in every order of gates, until
                                    one reproduces the reference

  unroll run RUN.unroll.json [flags]
  unroll run --weights FILE[#module] --input FILE[#tensor] [flags]
      Runs the forward. Flags are added to what the run file says, or replace it.
      --h0 FILE[#tensor]            initial state [L·D, B, H]; zeros when left out
      --c0 FILE[#tensor]            initial cell state of an LSTM; zeros when left out
      --lengths 5,3,2 | FILE#tensor real steps of each sequence
      --reference output=FILE#tensor,h_n=FILE#tensor,c_n=FILE#tensor
                                    tensors to compare with; embedded= and logits= too.
                                    states=FILE: states and gates inside the layers, named
                                    layer{l}.{forward|reverse}.{h|c|i|f|g|o|r|z|n}
      --reference FILE              a file whose tensors are called so: output, h_n, c_n, states
      --reference onnxruntime|pytorch|keras
                                    an engine that computes the run as well, with every state;
                                    several, with commas: a table says who stands alone
      --own output=FILE#tensor,h_n=FILE#tensor,c_n=FILE#tensor
                                    what your own implementation gave, a third beside the run
                                    and the reference: who stands alone is said
      --out FILE.npz|.safetensors|.json
                                    writes output, h_n and (of an LSTM) c_n; embedded and
                                    logits of the layers around the module
      --trace                       adds layer{l}.{forward|reverse}.h and .c to --out
      --hashes                      prints instead a line for each state and step, in the order of
                                    dependency: its L1 norm in float64 and a hash of its bits.
                                    diff of two such lists begins where the runs part;
                                    with --json an object a line

  unroll reference RUN.unroll.json --with onnxruntime|pytorch|keras --out FILE [--json]
      Has an engine compute the run, and writes output, h_n, c_n and the states and gates inside
      the layers: a reference for run and check. Takes the files and options of run.

  unroll check RUN.unroll.json… [--json]
      Runs and compares each run file with its reference.
      --numbers                     prints the numbers of the differences as well (JSON has them
                                    in any case): largest error with its index, mean, median,
                                    p99, passing tolerances, correlation, SNR, ulp
      --junit FILE                  writes JUnit XML, a test case for each run
      --markdown FILE               writes a table

  unroll judge FILE[#tensor] FILE[#tensor] [--rtol R] [--atol A]
                                    [--tolerance NAME=R:A,…] [--equal-nan] [--json]
      Compares a saved result, as run --out writes it, with a saved reference, without a run: the
      numbers of check --numbers for the tensors that both have by the same name. Exit codes as
      check.

  unroll diagnose RUN.unroll.json… [--json|--markdown]
      Says why a reference differs: named mistakes, each tried by running the network as if it
      had been made, and what the run could not have shown; of several runs of one module, what
      explains all of them. Exit codes as check.

  unroll probe RUN.unroll.json --out FOLDER [--seed N] [--json]
      Makes a better test for the module of a run: random values that no mistake hides behind,
      a script that records what an implementation makes of them, and a run file for both.

  unroll reduce RUN.unroll.json --out FOLDER [--json]
      Makes the smallest case that shows the mistake of a run, with a test for pytest and one
      for node:test that fail until it is mended.

  unroll recorder RUN.unroll.json|FILE[#module] [--for pytorch|keras|flax] [--out FILE.py]
      Writes a script that records a reference where your model runs: weights, input, every state
      and gate of the module, and a run file that compares with them. pytorch when left out.
      --notebook                    a notebook instead, FILE.ipynb

  unroll shapes RUN.unroll.json… [--json]
      Checks the shapes of each run file without running it. Where they clash, lists every single
      change that makes them fit, found by trying; and what raises no error and may be a mistake.

  unroll gradients RUN.unroll.json [flags]
      Carries the gradient of a loss back through time, in float64, and says whether it
      vanishes or explodes. Takes the files and options of run.
      --loss sum|last               Σ output (when left out), or Σ of the last step's output
      --loss weighted --against FILE#tensor
                                    Σ output·tensor
      --loss unit --at layer=L,direction=D,step=T,batch=B,unit=U,state=h|c
                                    one unit of one state; what is left out is the last
                                    layer and step, forward, and 0
      --loss cross-entropy --targets 2,0,1 | FILE#tensor [--reduction mean|sum]
                                    of the logits, needs a linear layer and a head
      --out FILE.npz|.safetensors|.json
                                    writes d_input, d_h0, d_weight_ih_l0 …, and d_h_l0,
                                    d_c_l0 … of every step; of tokens d_embedded and
                                    d_embedding.weight, of logits d_linear.weight
                                    and d_linear.bias

  unroll picture RUN.unroll.json --out FILE.svg [--json]
      Draws the unrolled view: lanes, labels, time, h_n, legend and verdicts.
      --view flip [--layer L]       how a layer flips, runs, flips back and concatenates instead
      --mode ours|reference|both|delta
      --measure absolute|relative|ulp
                                    how Δ is measured: by itself when left out, by |reference|,
                                    or in units in the last place
      --state h|c                   c of an LSTM
      --batch B                     a row of the batch; the first when left out
      --theme light|dark            light when left out
      --width N                     pixels; 1000 when left out

  unroll report RUN.unroll.json --out FILE.html [--batch B] [--no-diagnosis] [--json]
      Writes the run as one HTML file that loads nothing: verdicts, what explains a difference and
      its fix, pictures, values of small runs, shapes, notes. Exit codes as check.

  unroll explain TEXT|- [--file FILE]… [--json]
      Says of an error message or a whole traceback of PyTorch, NumPy, Keras or ONNX Runtime
      which number is what and what would make it fit. - reads what is piped in.
      --file FILE                   a file whose tensors the message may mean; any number of them

  Of run, check, diagnose, probe, reduce, shapes, picture, report and gradients, what is
  computed and compared:
${optionHelp}
  --python PATH                     interpreter of pytorch and keras; UNROLL_PYTHON, else python3
  --trace-memory MB                 memory for the states of a run; 512 when left out. Longer
                                    runs keep checkpoints and compute states again

  --json                            prints JSON instead of tables
  --help, --version

A tensor in a file is written FILE#tensor; a file name that holds a # needs another one after it.
Exit code: 0 every verdict is "equal", "rounding only" or "within tolerance", 1 one is not,
2 it could not run.
Of shapes: 0 everything fits, 1 something does not. Of explain: 0 a message is known, 1 none is.
`;
