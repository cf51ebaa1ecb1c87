/**
 * What the views of a run ask the host for: values, curves, explanations, numbers.
 */
import type {
  GradientCurve,
  GradientRequest,
  LossChoice,
  ResidualCurve,
  ResidualRequest,
  Timeline,
  TimelineRequest,
} from "../../../src/protocol/run/curveMessages";
import type {
  EarlyAnswer,
  HostEvents,
  Place,
  StateName,
  ViewRequests,
} from "../../../src/protocol/run/messages";
import type { NumbersView } from "../../../src/protocol/run/numbersMessages";
import type { LogitExplanation, LogitRequest } from "../../../src/protocol/run/logitMessages";
import type { UnitExplanation, UnitRequest } from "../../../src/protocol/run/unitMessages";
import type {
  FinalStates,
  FinalStatesRequest,
  LaneId,
  UnitOrder,
  UnitOrderRequest,
  WindowData,
  WindowRequest,
} from "../../../src/protocol/run/windowMessages";
import { CancelledError } from "../../../src/core/errors";
import { stateNameOfLane } from "../../../src/drawing/run/state";
import { RemoteError } from "../../../src/protocol/rpc";
import { unpackWindow, type PackedWindow } from "../../../src/protocol/run/packedWindow";
import { keyOf, PageStore } from "../../shared/store/pageStore";
import type { SavedState } from "./savedState";
import type { ViewState } from "./state";

/** The part of the store that asks about the run on screen. Holds how often that was in vain. */
export abstract class RunRequests extends PageStore<
  ViewState,
  SavedState,
  ViewRequests,
  HostEvents
> {
  /** Work that failed or was cancelled so far. */
  #failed = 0;

  /** Values of a window, of h or c as the lane shows it unless one is named; undefined while they are fetched. */
  window(
    request: Omit<WindowRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): WindowData | undefined {
    const params = { ...request, stateName };
    if (!this.hasValues) return undefined;
    const key = keyOf("lane/window", params);
    return request.under === undefined
      ? this.cache.get(key, () => this.#window(params))
      : this.#windowUnder(key, params);
  }

  async #window(params: WindowRequest): Promise<WindowData> {
    return unpackWindow(await this.client.request("lane/window", params));
  }

  /** One element of a lane, as a window of its own. */
  element(
    {
      step,
      unit,
      ...request
    }: Pick<WindowRequest, "lane" | "side" | "batch" | "as" | "under"> &
      Pick<Place, "step" | "unit">,
    stateName?: StateName,
  ): WindowData | undefined {
    const at = { stepStart: step, stepEnd: step + 1, unitStart: unit, unitEnd: unit + 1 };
    return this.window({ ...request, ...at, maxColumns: 1, maxRows: 1 }, stateName);
  }

  /** h_n, or c_n where c is shown. */
  finalStates(request: Omit<FinalStatesRequest, "stateName">): FinalStates | undefined {
    return this.#askRun("finalStates/read", { ...request, stateName: this.state.stateName });
  }

  /** The units of a lane in an order. */
  unitOrder(request: UnitOrderRequest): UnitOrder | undefined {
    return this.#askRun("units/order", request);
  }

  timeline(
    request: Omit<TimelineRequest, "stateName">,
    stateName = this.#stateNameOf(request.lane),
  ): Timeline | undefined {
    return this.#askRun("timeline/read", { ...request, stateName });
  }

  /** Shows the gradient of a loss, or none: what is computed of another one is given up. */
  showGradient(gradient: LossChoice | null): void {
    // Who waits for the other one has nothing to switch off any more.
    this.#failed++;
    this.update({ gradient });
    if (gradient === null) this.send("gradients/stop", null);
  }

  /** A gradient's curve. It may take long: its progress is shown, and a cancel switches the curve off. */
  gradient(request: GradientRequest): GradientCurve | undefined {
    const key = `run/gradients ${this.#failed} ${JSON.stringify(request)}`;
    return this.#askLong(key, () => this.client.request("run/gradients", request), {
      gradient: null,
    });
  }

  /** The numbers of the differences; undefined while they are measured, and after that was stopped. */
  numbers(): readonly NumbersView[] | undefined {
    const { judged, numbersStopped } = this.state;
    if (numbersStopped) return undefined;
    const key = `numbers/read ${this.#failed} ${JSON.stringify(judged)}`;
    return this.#askLong(key, () => this.client.request("numbers/read", judged), {
      numbersStopped: true,
    });
  }

  /** A run that is shown under a mistake may have no arithmetic to explain, which is said where it would stand. */
  explain(request: UnitRequest): UnitExplanation | undefined {
    return this.#explain("unit/explain", request);
  }

  /** The same of a logit. */
  explainLogit(request: LogitRequest): LogitExplanation | undefined {
    return this.#explain("logit/explain", request);
  }

  #explain<Method extends "unit/explain" | "logit/explain">(
    method: Method,
    request: ViewRequests[Method]["params"],
  ): ViewRequests[Method]["result"] | undefined {
    if (!this.hasValues) return undefined;
    return this.cache.get(keyOf(method, request), async () => {
      try {
        return await this.client.request(method, request);
      } catch (error) {
        if (!this.#isRefusal(error)) throw error;
        this.update({ unexplained: error.text });
        throw new CancelledError();
      }
    });
  }

  /** Where the error of the reference is made; `curve` is null where that cannot be told. */
  residuals(request: ResidualRequest): { readonly curve: ResidualCurve | null } | undefined {
    if (!this.hasValues) return undefined;
    return this.cache.get(keyOf("residuals/read", request), async () => {
      try {
        return { curve: await this.client.request("residuals/read", request) };
      } catch (error) {
        if (!this.#isRefusal(error)) throw error;
        return { curve: null };
      } finally {
        this.#endProgress();
      }
    });
  }

  /** The run under a mistake is made first, which may take long; where it cannot be made, that is said once. */
  #windowUnder(key: string, request: WindowRequest): WindowData | undefined {
    return this.#askLong(key, () => this.#window(request), { showsFinding: false });
  }

  /** Work with a progress; where it fails or is cancelled, the state becomes one that does not ask for it. */
  #askLong<Result extends object>(
    key: string,
    ask: () => Promise<Result>,
    onFailure: Partial<ViewState>,
  ): Result | undefined {
    if (!this.hasValues) return undefined;
    const failed = this.#failed;
    return this.cache.get(key, async () => {
      try {
        return await ask();
      } catch (error) {
        // Asked for again, it is tried again.
        if (failed === this.#failed++) this.update(onFailure);
        throw error;
      } finally {
        this.#endProgress();
      }
    });
  }

  #endProgress(): void {
    if (this.state.progress !== null) this.update({ progress: null });
  }

  /** Puts answers that came with the run where they would be if they had been asked for. */
  protected keepEarly(answers: readonly EarlyAnswer[]): void {
    for (const { method, params, result } of answers) {
      const isWindow = method === "lane/window";
      this.cache.put(
        keyOf(method, params),
        isWindow ? unpackWindow(result as PackedWindow) : result,
      );
    }
  }

  #isRefusal(error: unknown): error is RemoteError {
    const isShown = (this.state.run?.under.length ?? 0) > 0;
    return isShown && error instanceof RemoteError && error.tag === "unsupported";
  }

  /** A question about the values of the run, where it has any. */
  #askRun<Method extends "units/order" | "finalStates/read" | "timeline/read">(
    method: Method,
    params: ViewRequests[Method]["params"],
  ): ViewRequests[Method]["result"] | undefined {
    return this.hasValues ? this.ask(method, params) : undefined;
  }

  /** False for a run that could not be made. */
  protected get hasValues(): boolean {
    const { view } = this.state;
    return view !== null && view.lanes.length > 0;
  }

  #stateNameOf(id: LaneId): StateName {
    const { run, stateName } = this.state;
    return stateNameOfLane(
      run?.lanes.find((lane) => lane.id === id),
      stateName,
    );
  }
}
