/** What `unroll --help` prints. */

export const helpText = `unroll: run a recurrent network from its files and compare it with a reference

  unroll inspect FILE [--json]
      Lists the tensors in a file and the recurrent modules they form.

  unroll run RUN.unroll.json [flags]
  unroll run --weights FILE[#module] --input FILE[#tensor] [flags]
      Runs the forward. Flags are added to what the run file says, or replace it.
      --h0 FILE[#tensor]            initial state [L·D, B, H]; zeros when left out
      --c0 FILE[#tensor]            initial cell state of an LSTM
      --lengths 5,3,2 | FILE#tensor real steps of each sequence
      --batch-first                 input and output are [B, T, ·]
      --nonlinearity tanh|relu      tanh when left out
      --precision f32|f64           f32 when left out
      --reference output=FILE#tensor,h_n=FILE#tensor
                                    tensors to compare with
      --out FILE.npz|.safetensors|.json
                                    writes output and h_n
      --trace                       adds layer{l}.{forward|reverse}.h to --out

  unroll check RUN.unroll.json… [--json]
      Runs and compares each run file with its reference.

  --rtol R --atol A                 allowed |ours − reference| ≤ A + R·|reference|
                                    (run and check; torch.testing.assert_close's when left out)
  --equal-nan                       NaN equals NaN (run and check)
  --json                            prints JSON instead of tables
  --help, --version

A tensor in a file is written FILE#tensor; a file name that holds a # needs another one after it.
Exit code: 0 every verdict is "equal" or "rounding only", 1 one is not, 2 it could not run.
`;
