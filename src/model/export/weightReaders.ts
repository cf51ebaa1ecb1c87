/**
 * Lines of Python that read the tensors of a weights file, in each format that PyTorch's users have them in.
 */
import type { ArchiveFormat } from "../../formats/base/names";

const heading = [
  "def read_weights():",
  '    """The tensors of WEIGHTS by their names."""',
] as const;

/**
 * `read_weights()` by format, where its tensors can be those of torch.nn. `WEIGHTS` is a pathlib.Path, `np` is NumPy.
 */
export const weightReaders: Partial<Readonly<Record<ArchiveFormat, readonly string[]>>> = {
  safetensors: [
    ...heading,
    "    from safetensors.torch import load_file",
    "",
    "    return load_file(WEIGHTS)",
  ],
  npz: [
    ...heading,
    "    import torch",
    "",
    "    with np.load(WEIGHTS) as stored:",
    "        return {name: torch.from_numpy(stored[name]) for name in stored}",
  ],
  json: [
    ...heading,
    "    import json",
    "",
    "    import torch",
    "",
    "    def flat(value, path):",
    "        if isinstance(value, dict) and {'shape', 'data'} <= set(value):",
    '            yield ".".join(path), torch.tensor(value["data"]).reshape(value["shape"])',
    "        elif isinstance(value, dict):",
    "            for name, inner in value.items():",
    "                yield from flat(inner, [*path, name])",
    "        elif isinstance(value, list):",
    '            yield ".".join(path), torch.tensor(value)',
    "",
    '    return dict(flat(json.loads(WEIGHTS.read_text(encoding="utf8")), []))',
  ],
  pytorch: [
    ...heading,
    "    import torch",
    "",
    "    def flat(value, path):",
    "        if isinstance(value, torch.Tensor):",
    '            yield ".".join(path), value',
    "        elif isinstance(value, dict):",
    "            for name, inner in value.items():",
    "                yield from flat(inner, [*path, str(name)])",
    "",
    '    return dict(flat(torch.load(WEIGHTS, map_location="cpu", weights_only=True), []))',
  ],
};
