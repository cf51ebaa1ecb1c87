/**
 * Colours of a picture that leaves the editor; no DOM.
 */
import type { PictureTheme } from "../../protocol/run/pictureMessages";

export type { PictureTheme } from "../../protocol/run/pictureMessages";

export type ThemeName = "light" | "dark";

export const THEME_NAMES: readonly ThemeName[] = ["light", "dark"];

/** Inks have at least the contrast of WCAG AA on their backgrounds. */
export const PICTURE_THEMES: Readonly<Record<ThemeName, PictureTheme>> = {
  light: {
    background: "#ffffff",
    ink: "#1f2328",
    muted: "#59636e",
    error: "#c4161c",
    good: "#1a7f37",
    quiet: "#f4f5f6",
    scheme: "RdBu",
  },
  dark: {
    background: "#1b1d21",
    ink: "#e4e6ea",
    muted: "#9aa4b1",
    error: "#ff7b72",
    good: "#56d364",
    quiet: "#25282d",
    scheme: "RdBu",
  },
};
