/** The colour themes that the view is designed for. */

export type Theme = "dark" | "light" | "high-contrast" | "high-contrast-light";

/** The theme's name, and what the workbench and a webview's body wear under it. */
export const THEMES: Record<Theme, { name: string; workbench: string; body: string }> = {
  dark: { name: "Default Dark Modern", workbench: ".vs-dark", body: ".vscode-dark" },
  light: { name: "Default Light Modern", workbench: ".vs", body: ".vscode-light" },
  "high-contrast": {
    name: "Default High Contrast",
    workbench: ".hc-black",
    // High contrast light wears this class too.
    body: ".vscode-high-contrast:not(.vscode-high-contrast-light)",
  },
  "high-contrast-light": {
    name: "Default High Contrast Light",
    workbench: ".hc-light",
    body: ".vscode-high-contrast-light",
  },
};

/** Every theme. */
export const themes = Object.keys(THEMES) as readonly Theme[];
