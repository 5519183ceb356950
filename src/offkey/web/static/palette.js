// Colours: stops become 256 colours; differences go from blue over the ground to red; those of the page, and of paper.
function mix(stops) {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) colours[3 * i + c] = stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]);
  }
  return colours;
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

export function fromStops(text) {
  return mix(text.trim().split(/\s+/).map(rgb));
}

const DIVERGING = {
  light: fromStops("#0d3b78 #4a86cc #ffffff #dd5f52 #86120b"),
  dark: fromStops("#6ebeff #2662be #111422 #ba3430 #ffaa8c"),
};
export const diverging = (theme) => (theme.dark ? DIVERGING.dark : DIVERGING.light);

const NAMES = ["ink", "muted", "line", "surface", "raised", "accent", "normal", "anomaly"];

// The colours of the page that an element is on, light or dark.
export function themeOf(element) {
  const style = getComputedStyle(element);
  const theme = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...theme, dark: document.documentElement.dataset.theme === "dark" };
}

export const PAPER = { ink: "#000000", muted: "#333333", line: "#c8c8c8", surface: "#ffffff", raised: "#eeeeee", accent: "#0e6b66", normal: "#1f5fa8", anomaly: "#b3261e", dark: false };

// Levels in grey, so that red and blue over them are seen.
const GREYS = { light: fromStops("#ffffff #d5d8da #8b9196"), dark: fromStops("#14181c #3a4148 #7d868e") };
export const greys = (theme) => (theme.dark ? GREYS.dark : GREYS.light);

// Red where a clip is louder than normal and blue where it is quieter; clear up to one standard deviation.
export function deviationColour(deviations, theme) {
  const strength = Math.max(0, Math.min(1, (Math.abs(deviations) - 1) / 5)) ** 0.6;
  return [...rgb(deviations > 0 ? theme.anomaly : theme.normal), Math.round(255 * strength)];
}
