import { fileURLToPath } from "node:url";

/** Noto Sans and Noto Sans Mono (SIL Open Font License 1.1): Latin, Greek and Cyrillic in all their forms, and Devanagari. */
const FILES = {
  regular: "noto-sans/400Regular/NotoSans_400Regular.ttf",
  italic: "noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf",
  bold: "noto-sans/700Bold/NotoSans_700Bold.ttf",
  boldItalic: "noto-sans/700Bold_Italic/NotoSans_700Bold_Italic.ttf",
  mono: "noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf",
} as const;
export type FontName = keyof typeof FILES;

/** Where each font lies. */
export const FONT_FILES: readonly (readonly [FontName, string])[] = (Object.keys(FILES) as FontName[]).map((name) => [
  name,
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/${FILES[name]}`)),
]);
