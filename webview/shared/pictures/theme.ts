/**
 * The editor's theme for canvases: resolved colours and fonts, updated when the theme changes.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { luminance, parseColour, type Rgb } from "../../../src/drawing/base/colourScale";

export interface Theme {
  readonly background: string;
  readonly backgroundRgb: Rgb;
  readonly foreground: string;
  readonly muted: string;
  readonly error: string;
  readonly focus: string;
  /** Fill of cells without a value. */
  readonly quiet: string;
  /** Over what steps back: the background, through which it is still seen. */
  readonly veil: string;
  readonly badge: string;
  readonly badgeText: string;
  readonly isDark: boolean;
  readonly isHighContrast: boolean;
  readonly font: string;
  readonly monoFont: string;
  readonly fontSize: number;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string => {
    const value = style.getPropertyValue(`--vscode-${name}`).trim();
    return value === "" ? fallback : value;
  };
  const background = variable("editor-background", "#ffffff");
  const backgroundRgb = parseColour(background);
  const isDark = luminance(backgroundRgb) < 0.3;
  const isHighContrast = document.body.classList.contains("vscode-high-contrast");
  const foreground = variable("foreground", isDark ? "#cccccc" : "#3b3b3b");
  const quiet = isDark ? "rgba(255, 255, 255, 0.045)" : "rgba(0, 0, 0, 0.045)";
  return {
    background,
    backgroundRgb,
    foreground,
    isDark,
    isHighContrast,
    quiet: isHighContrast ? "transparent" : quiet,
    veil: `rgba(${backgroundRgb.join()}, 0.6)`,
    muted: variable("descriptionForeground", foreground),
    // Of the two reds of a theme the one that is read against the editor's background.
    error: variable("editorError-foreground", variable("errorForeground", foreground)),
    focus: variable("focusBorder", "#0078d4"),
    badge: isHighContrast ? foreground : variable("button-background", "#0078d4"),
    badgeText: isHighContrast ? background : variable("button-foreground", "#ffffff"),
    font: variable("font-family", "sans-serif"),
    monoFont: variable("editor-font-family", "monospace"),
    fontSize: parseFloat(variable("font-size", "13px")),
  };
}

/** True when the user asked for less motion, in the editor or in the system. */
export function prefersReducedMotion(): boolean {
  return (
    document.body.classList.contains("vscode-reduce-motion") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}

/** Re-renders an element when the editor's theme or the screen's density changes; `theme` is always current. */
export class ThemeController implements ReactiveController {
  readonly #element: ReactiveControllerHost;
  readonly #observer: MutationObserver;
  readonly #changed = (): void => {
    this.#theme = undefined;
    this.#watchDensity();
    this.#element.requestUpdate();
  };
  #theme: Theme | undefined;
  #density: MediaQueryList | undefined;

  constructor(element: ReactiveControllerHost) {
    this.#element = element;
    this.#observer = new MutationObserver(this.#changed);
    element.addController(this);
  }

  get theme(): Theme {
    this.#theme ??= readTheme();
    return this.#theme;
  }

  hostConnected(): void {
    // The editor puts its variables on <html style> and its kind on <body class>.
    const filter = {
      attributes: true,
      attributeFilter: ["class", "style", "data-vscode-theme-id"],
    };
    this.#observer.observe(document.documentElement, filter);
    this.#observer.observe(document.body, filter);
    this.#watchDensity();
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    this.#density?.removeEventListener("change", this.#changed);
  }

  #watchDensity(): void {
    this.#density?.removeEventListener("change", this.#changed);
    this.#density = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    this.#density.addEventListener("change", this.#changed);
  }
}
