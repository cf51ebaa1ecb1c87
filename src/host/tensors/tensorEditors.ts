/**
 * The custom editor for files of tensors, and all documents that are open in it.
 */
import * as vscode from "vscode";
import { ownEndings } from "../../formats/extensions";
import { ArchiveWorkerClient } from "../../node/archiveWorkerClient";
import { readBytes } from "../workspace/readBytes";
import { TensorDocument, type TensorServices } from "./tensorDocument";

/** Opens its files by itself. Also in package.json, in `when` clauses. */
const DEFAULT_VIEW_TYPE = "unroll.tensors";
/** For files that belong to others as well: VS Code knows one priority for each type. */
const OPTIONAL_VIEW_TYPE = "unroll.tensorsOption";

const OWN_FILE = new RegExp(`\\.(?:${ownEndings.join("|")})$`, "i");

export class TensorEditors implements vscode.CustomReadonlyEditorProvider<TensorDocument> {
  readonly #services: TensorServices;
  readonly #documents = new Set<TensorDocument>();

  constructor(services: TensorServices) {
    this.#services = services;
  }

  /** Every open document, oldest first. */
  get documents(): readonly TensorDocument[] {
    return [...this.#documents];
  }

  /** The document of a file that is open. */
  documentOf(uri: vscode.Uri): TensorDocument | undefined {
    return this.documents.find((document) => document.uri.toString() === uri.toString());
  }

  register(): vscode.Disposable[] {
    return [DEFAULT_VIEW_TYPE, OPTIONAL_VIEW_TYPE].map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, this, {
        supportsMultipleEditorsPerDocument: true,
      }),
    );
  }

  /** Opens a file in the editor, whatever its name. */
  async open(uri: vscode.Uri): Promise<void> {
    const viewType = OWN_FILE.test(uri.path) ? DEFAULT_VIEW_TYPE : OPTIONAL_VIEW_TYPE;
    await vscode.commands.executeCommand("vscode.openWith", uri, viewType);
  }

  /** A worker thread for one piece of work on a file that may be open in no editor. */
  createWorker(): ArchiveWorkerClient {
    const script = vscode.Uri.joinPath(this.#services.dist, "archiveWorker.js").fsPath;
    return new ArchiveWorkerClient({ script, readBytes, onProgress: () => undefined });
  }

  openCustomDocument(
    uri: vscode.Uri,
    { untitledDocumentData }: vscode.CustomDocumentOpenContext,
  ): TensorDocument {
    const document = new TensorDocument(uri, this.#services, {
      untitled: untitledDocumentData,
      onDispose: () => this.#documents.delete(document),
    });
    this.#documents.add(document);
    return document;
  }

  resolveCustomEditor(document: TensorDocument, panel: vscode.WebviewPanel): void {
    document.show(panel);
  }
}
