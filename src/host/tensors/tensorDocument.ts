/**
 * A file of tensors that is open in editors: it is read once, watched, and shared by all of them.
 */
import * as vscode from "vscode";
import type { ArchiveMethod, ArchiveWorkerRequests } from "../../protocol/archive/workerMessages";
import { respond, type Handlers } from "../../protocol/rpc";
import type {
  ArchiveSummary,
  ExportRequest,
  ShownArchive,
  TensorEvents,
  TensorRequests,
} from "../../protocol/archive/messages";
import { text, type Text } from "../../core/text";
import { FileWatch } from "../workspace/fileWatch";
import { baseName, parseLocation } from "../workspace/locations";
import { pageOf, webviewOptions } from "../base/page";
import { readBytes } from "../workspace/readBytes";
import type { Report } from "../base/report";
import { maxRemoteBytes } from "../workspace/settings";
import { showNotes, showWarning } from "../base/surfaces";
import { webviewPort } from "../base/webviewPort";
import { Assigning, type AssignedActions } from "./assigning";
import { ArchiveReader } from "./archiveReader";
import { askTarget, exportName, writeExport } from "./exports";
import { versionOf } from "./version";

/** A message is no list. */
const MAX_NOTES = 3;

/** What every document is given. */
export interface TensorServices {
  /** Folder of the bundles. */
  readonly dist: vscode.Uri;
  readonly report: Report;
  /** Starts a run with a file as its weights; of the module with this prefix, where one is named. */
  readonly run: (location: string, prefix: string | null) => Promise<void>;
  /** What is done with a module that was made of tensors by hand. */
  readonly assigned: AssignedActions;
}

export interface TensorDocumentOptions {
  /** Bytes of a file that is nowhere yet. */
  readonly untitled: Uint8Array | undefined;
  readonly onDispose: () => void;
}

type Channel = ReturnType<typeof respond<TensorRequests, TensorEvents>>;

/** Requests that the worker answers while it answers others. */
type ForwardedMethod = Exclude<ArchiveMethod, "tensor/spectrum">;

export class TensorDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  readonly #services: TensorServices;
  readonly #reader: ArchiveReader;
  readonly #watch: FileWatch;
  readonly #channels = new Set<Channel>();
  readonly #assigning: Assigning;
  readonly #onDispose: () => void;

  constructor(
    uri: vscode.Uri,
    services: TensorServices,
    { untitled, onDispose }: TensorDocumentOptions,
  ) {
    this.uri = uri;
    this.#onDispose = onDispose;
    this.#services = services;
    this.#reader = new ArchiveReader({
      script: vscode.Uri.joinPath(services.dist, "archiveWorker.js").fsPath,
      location: uri.toString(),
      readBytes: untitled === undefined ? readBytes : () => Promise.resolve(untitled.slice()),
      record: (error) => services.report.record(error),
      events: {
        changed: (locations) => {
          if (untitled === undefined) this.#watch.watch([uri, ...locations.map(parseLocation)]);
          for (const channel of this.#channels) {
            channel.emit("archive/changed", { archive: this.#describe(channel) });
          }
        },
        progress: (progress) => {
          this.#emit("work/progress", progress);
        },
        problem: (problem) => {
          this.#emit("archive/problem", { problem });
        },
        slow: () => void this.#offerCancel(),
      },
    });
    this.#assigning = new Assigning(uri.toString(), services, {
      guesses: (request) => this.#reader.request("assign/guesses", request),
      open: (tensors) => {
        this.#emit("assign/open", { tensors });
      },
      progress: (progress) => {
        this.#emit("work/progress", progress);
      },
    });
    this.#watch = new FileWatch(() => void this.#reader.read());
    if (untitled === undefined) this.#watch.watch([uri]);
    void this.#reader.read();
  }

  get summary(): ArchiveSummary | null {
    return this.#reader.summary;
  }

  get problem(): Text | null {
    return this.#reader.problem;
  }

  /** Which version of its file this is; null for the file itself. */
  get version(): Text | null {
    // VS Code does not know schemes without a registered provider.
    const isWritable = vscode.workspace.fs.isWritableFileSystem(this.uri.scheme) !== false;
    return versionOf(this.uri, isWritable);
  }

  /** Worker threads that are alive. */
  get workers(): number {
    return this.#reader.workers;
  }

  /** Puts the view into a panel. */
  show(panel: vscode.WebviewPanel): void {
    const { dist, report } = this.#services;
    const { webview } = panel;
    webview.options = webviewOptions;
    const channel: Channel = respond(
      webviewPort(webview),
      this.#handlers(() => channel),
      (bug) => report.record(bug),
    );
    this.#channels.add(channel);
    panel.onDidDispose(() => {
      this.#channels.delete(channel);
      channel.dispose();
    });
    webview.html = pageOf(dist, { element: "unroll-tensors", bundle: "tensors" });
  }

  /** Opens the dialog that makes a module by hand, of these tensors where there are any. */
  assign(tensors: readonly string[]): void {
    this.#assigning.open(tensors);
  }

  /** Writes tensors to `target`, else to where the user says. Returns its base name, null when the user gave up. */
  async export(request: ExportRequest, target?: vscode.Uri): Promise<string | null> {
    const name = exportName(this.uri, request);
    const file = target ?? (await askTarget(this.uri, name, request.format));
    if (file === undefined) return null;
    const path = file.scheme === "file" ? file.fsPath : null;
    const maxBytes = maxRemoteBytes();
    const { bytes, notes } = await this.#reader.write({ request, path, maxBytes });
    if (bytes !== null) await writeExport(file, bytes);
    if (notes.length > 0) showNotes(notes.slice(0, MAX_NOTES));
    return baseName(file);
  }

  dispose(): void {
    this.#watch.dispose();
    void this.#reader.dispose();
    this.#onDispose();
  }

  #handlers(channel: () => Channel): Handlers<TensorRequests> {
    const { report } = this.#services;
    return {
      ...this.#answersOfWorker(),
      "archive/describe": () => this.#describe(channel()),
      "archive/again": () => done(this.#reader.read()),
      "tensor/spectrum": (request) => this.#reader.requestAside("tensor/spectrum", request),
      "tensor/export": (request) => this.export(request),
      "image/save": async ({ name, format, bytes }) => {
        const target = await askTarget(this.uri, name, format);
        if (target === undefined) return null;
        await writeExport(target, bytes);
        return baseName(target);
      },
      "archive/run": ({ module }) => {
        // Not awaited: the questions of a run may stay open for long.
        void report.guard(() => this.#services.run(this.uri.toString(), module));
        return null;
      },
      "text/copy": ({ text: copied }) => done(vscode.env.clipboard.writeText(copied)),
      "work/cancel": () => {
        this.#reader.cancel();
        this.#assigning.cancel();
        return null;
      },
      ...this.#assigning.handlers(),
    };
  }

  #answersOfWorker(): Pick<Handlers<TensorRequests>, ForwardedMethod> {
    const forward =
      <Method extends ForwardedMethod>(method: Method) =>
      (params: ArchiveWorkerRequests[Method]["params"]) =>
        this.#reader.request(method, params);
    return {
      "archive/tree": forward("archive/tree"),
      "tensor/info": forward("tensor/info"),
      "tensor/tile": forward("tensor/tile"),
      "tensor/cells": forward("tensor/cells"),
      "tensor/statistics": forward("tensor/statistics"),
      "assign/check": forward("assign/check"),
      "assign/choices": forward("assign/choices"),
    };
  }

  /** A view that was hidden has missed the problem: it gets it again behind the answer. */
  #describe(channel: Channel): ShownArchive | null {
    const { problem, summary } = this.#reader;
    const tensors = this.#assigning.waiting;
    if (tensors !== undefined && summary !== null) {
      setTimeout(() => {
        channel.emit("assign/open", { tensors });
      });
    }
    if (problem !== null) {
      setTimeout(() => {
        channel.emit("archive/problem", { problem });
      });
    }
    return summary === null ? null : { ...summary, version: this.version };
  }

  #emit<Name extends keyof TensorEvents>(name: Name, data: TensorEvents[Name]): void {
    for (const channel of this.#channels) channel.emit(name, data);
  }

  async #offerCancel(): Promise<void> {
    const cancel = vscode.l10n.t("Cancel");
    const message = text(
      "{0} is still being read; a damaged file may never end",
      baseName(this.uri),
    );
    const answer = await showWarning(message, cancel);
    if (answer === cancel) this.#reader.cancel();
  }
}

async function done(work: PromiseLike<unknown>): Promise<null> {
  await work;
  return null;
}
