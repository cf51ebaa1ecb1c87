/**
 * What the scripts of all frameworks have in common: what they warn of, and the files that they write.
 */

/**
 * Defines warn(isTraining, h0, biases) and save(tensors, options, about) in Python; `np`, `json`, `platform` and
 * `save_file` of safetensors.numpy are imported before. Tensors are NumPy arrays.
 */
export const sharedCode = `def warn(is_training, h0, biases):
    """What makes a recording say less than it seems to."""
    if is_training:
        print("warning: the module is in train mode: dropout makes every run another one; call eval() first")
    if h0 is None or not np.any(h0):
        print("warning: h0 is zero: a mistake in how it is used would not be seen; pass a random one")
    if len(biases) > 0 and not any(np.any(bias) for bias in biases):
        print("warning: every bias is zero: a mistake in how they are used would not be seen")


def save(tensors, options, about):
    """Writes the recording, with a manifest in its metadata, and the run file that Unroll opens."""
    tensors = {name: np.ascontiguousarray(values) for name, values in tensors.items() if values is not None}
    manifest = dict(about, python=platform.python_version(), numpy=np.__version__, seed=SEED, options=options)
    save_file(tensors, FOLDER / OUT, metadata={"format": "np", "unroll.recording": json.dumps(manifest)})
    run = {"weights": {"file": OUT, "module": "weights."}, "input": OUT + "#x"}
    run.update({name: OUT + "#" + name for name in ("h0", "c0", "lengths") if name in tensors})
    results = {name: OUT + "#" + name for name in ("output", "h_n", "c_n") if name in tensors}
    run.update(options=options, reference=dict(results, states=OUT))
    (FOLDER / RUN).write_text(json.dumps(run, indent=2) + "\\n", encoding="utf-8")
    for name, values in tensors.items():
        print(name, values.shape, values.dtype)
    print("recorded in", FOLDER / OUT, "- open", RUN, "with Unroll, or: unroll check", RUN)`;
