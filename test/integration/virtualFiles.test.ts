/** Files that are not on disk: everything goes through the file system that VS Code has for their scheme. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activate, closeAll, example, onlyPanel, problemText, until, verdictsOf } from "./support";

/** Files in memory, flat. */
class MemoryFiles implements vscode.FileSystemProvider {
  readonly files = new Map<string, Uint8Array>();
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { byteLength } = this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: byteLength };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const bytes = this.files.get(uri.path);
    if (bytes === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    this.files.set(uri.path, content);
    this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  createDirectory(): void {
    // Folders need not be made here.
  }

  delete(uri: vscode.Uri): void {
    this.files.delete(uri.path);
  }

  rename(from: vscode.Uri, to: vscode.Uri): void {
    this.writeFile(to, this.readFile(from));
    this.delete(from);
  }
}

describe("a virtual file system", () => {
  const memory = new MemoryFiles();
  const at = (name: string): vscode.Uri => vscode.Uri.parse(`unrolltest:/${name}`);
  let registration: vscode.Disposable;

  before(async () => {
    registration = vscode.workspace.registerFileSystemProvider("unrolltest", memory);
    for (const name of ["weights.pt", "input.npy", "expected.npz"]) {
      const bytes = await vscode.workspace.fs.readFile(example("two-directions-one-layer", name));
      memory.files.set(`/${name}`, bytes);
    }
  });
  after(() => {
    registration.dispose();
  });
  afterEach(closeAll);

  it("gives a run, which is saved there and opened again", async () => {
    const selected = ["weights.pt", "input.npy", "expected.npz"].map(at);
    await vscode.commands.executeCommand("unroll.run", selected[0], selected);
    const verdicts = verdictsOf(await onlyPanel());
    assert.match(verdicts, /^output \w+, h_n \w+$/);
    await vscode.commands.executeCommand("unroll.saveRun", at("memory.unroll.json"));
    const written = new TextDecoder().decode(memory.files.get("/memory.unroll.json"));
    assert.match(written, /"file": "weights.pt"/);
    await closeAll();
    await vscode.window.showTextDocument(at("memory.unroll.json"));
    const [lens] = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      ...["vscode.executeCodeLensProvider", at("memory.unroll.json")],
    );
    assert.equal(lens?.command?.title, "Open Run");
    await vscode.commands.executeCommand("unroll.openRun", at("memory.unroll.json"));
    assert.equal(verdictsOf(await onlyPanel()), verdicts);
  });

  it("opens weights in their editor, of a commit as well, and exports to it", async () => {
    // As git's: the query says which version, and the path alone has the name.
    const uri = at("weights.pt").with({ query: '{"path":"/a/weights.pt","ref":"HEAD"}' });
    await vscode.commands.executeCommand("unroll.inspect", uri);
    const { tensorDocuments } = await activate();
    const document = await until(() => tensorDocuments()[0]);
    const summary = await until(() => document.summary);
    assert.equal(summary.file, "weights.pt");
    assert.equal(summary.entryCount, 8);
    assert.equal(summary.fileBytes, memory.files.get("/weights.pt")?.byteLength);
    const request = { tensors: ["bias_ih_l0"], slice: null, format: "npy" } as const;
    assert.equal(await document.export(request, at("bias.npy")), "bias.npy");
    assert.match(new TextDecoder("latin1").decode(memory.files.get("/bias.npy")), /NUMPY/);
  });

  it("says what is missing", async () => {
    memory.files.set(
      "/missing.unroll.json",
      new TextEncoder().encode('{ "weights": { "file": "gone.pt" }, "input": "input.npy" }'),
    );
    await vscode.commands.executeCommand("unroll.openRun", at("missing.unroll.json"));
    assert.equal(problemText(await onlyPanel()), "gone.pt: there is no such file");
  });

  it("refuses a file past the limit for whole reads", async () => {
    const settings = vscode.workspace.getConfiguration("unroll");
    memory.files.set("/large.pt", new Uint8Array(1_100_000));
    memory.files.set(
      "/large.unroll.json",
      new TextEncoder().encode('{ "weights": { "file": "large.pt" }, "input": "input.npy" }'),
    );
    await settings.update("remote.maxMegabytes", 1, vscode.ConfigurationTarget.Workspace);
    try {
      await vscode.commands.executeCommand("unroll.openRun", at("large.unroll.json"));
      assert.match(
        problemText(await onlyPanel()),
        /^large\.pt: .*1100000.*1048576; raise unroll\.remote\.maxMegabytes$/,
      );
    } finally {
      await settings.update("remote.maxMegabytes", undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
