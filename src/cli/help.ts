/** What `unroll --help` prints. */

export const helpText = `unroll: run a recurrent network from its files and compare it with a reference

  unroll inspect FILE [--json]
      Lists the tensors in a file and the recurrent modules they form.

  unroll stats FILE[#tensor] [--json]
      Minimum, maximum, mean, standard deviation, percentiles and what is remarkable about the
      values of a tensor, or of all; the spectrum of a square recurrent weight. Reads all values.

  unroll export FILE[#tensor] --out FILE.npy|.npz|.csv|.json|.safetensors [--json]
      Writes a tensor, or all, in another format, with the stored dtype where the format has it.
      --slice "0, :, 3:10"          a part of it, as in NumPy's brackets, without steps

  unroll run RUN.unroll.json [flags]
  unroll run --weights FILE[#module] --input FILE[#tensor] [flags]
      Runs the forward. Flags are added to what the run file says, or replace it.
      --h0 FILE[#tensor]            initial state [L·D, B, H]; zeros when left out
      --c0 FILE[#tensor]            initial cell state of an LSTM; zeros when left out
      --lengths 5,3,2 | FILE#tensor real steps of each sequence
      --reference output=FILE#tensor,h_n=FILE#tensor,c_n=FILE#tensor
                                    tensors to compare with; embedded= and logits= too
      --out FILE.npz|.safetensors|.json
                                    writes output, h_n and (of an LSTM) c_n; embedded and
                                    logits of the layers around the module
      --trace                       adds layer{l}.{forward|reverse}.h and .c to --out

  unroll check RUN.unroll.json… [--json]
      Runs and compares each run file with its reference.

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

  Of run, check and gradients, what is computed and how it is compared:
  --batch-first                     input and output are [B, T, ·]
  --nonlinearity tanh|relu          activation of an RNN; tanh when left out
  --precision f32|f64|f16|bf16      f32 when left out, f64 with float64 weights;
                                    f16 and bf16 round after every operation
  --reset-after true|false          GRU: the reset gate acts after the product, as in PyTorch
                                    (true when left out), or before it
  --gate-activation sigmoid|hard_sigmoid|hard_sigmoid_keras3|ALPHA,BETA
                                    LSTM, GRU: sigmoid when left out; hard_sigmoid is
                                    0.2·x + 0.5 (Keras 2, ONNX), of Keras 3 x/6 + 0.5
  --clip C                          limits pre-activations to −C…C
  --coupled-input-forget            LSTM: the forget gate is 1 − i
  --repeat N                        gives the one step of the input N times
  --embedding NAME|none             layer that tokens are looked up in; what fits when left out
  --linear NAME|none                linear layer after the module; what fits when left out
  --head last|every|h_n|none        what it is given: output[:, -1], the output of every step,
                                    or the last layer's h_n, both directions joined
  --rtol R --atol A                 allowed |ours − reference| ≤ A + R·|reference|
                                    (torch.testing.assert_close's when left out)
  --equal-nan                       NaN equals NaN
  --trace-memory MB                 memory for the states of a run; 512 when left out. Longer
                                    runs keep checkpoints and compute states again

  --json                            prints JSON instead of tables
  --help, --version

A tensor in a file is written FILE#tensor; a file name that holds a # needs another one after it.
Exit code: 0 every verdict is "equal" or "rounding only", 1 one is not, 2 it could not run.
`;
