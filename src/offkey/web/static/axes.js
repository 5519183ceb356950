// What stands around a spectrogram: where its parts lie, its axes with their units, and the bar of its colours.
import { timeText } from "./view.js";

const WIDE = { left: 48, right: 70, top: 8, bottom: 36 };
const NARROW = { left: 44, right: 54, top: 8, bottom: 36 }; // of a telephone, where the bar has no title
const LANE = 54;
const GAP = 22; // with the title of the lane in it
const BAR = { gap: 10, width: 11 };
const TIME_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

// Where the spectrogram, the lane of scores below it (if there is one) and the bar lie in a picture.
export function layout(width, height, { lane, narrow }) {
  const { left, right, top, bottom } = narrow ? NARROW : WIDE;
  const w = Math.max(10, width - left - right);
  const h = Math.max(10, height - top - bottom - (lane ? LANE + GAP : 0));
  return {
    plot: { x: left, y: top, w, h },
    lane: lane ? { x: left, y: top + h + GAP, w, h: LANE } : null,
    bar: { x: left + w + BAR.gap, y: top, w: BAR.width, h, titled: !narrow },
    foot: top + h + (lane ? LANE + GAP : 0),
  };
}

export function drawFrequencies(pen, { plot }, frequency, theme) {
  let last = Infinity;
  for (const hz of frequency.ticks(plot.h)) {
    const y = plot.y + (1 - frequency.share(hz)) * plot.h;
    if (last - y < 15 || y < plot.y - 1 || y > plot.y + plot.h + 1) continue;
    pen.path([[plot.x - 4, y], [plot.x, y]], { stroke: theme.muted });
    pen.text(`${+(hz / 1000).toFixed(3)}`, plot.x - 7, Math.min(y + 4, plot.y + plot.h + 2), { fill: theme.muted, anchor: "end" });
    last = y;
  }
  pen.text("Frequency (kHz)", 12, plot.y + plot.h / 2, { fill: theme.ink, anchor: "middle", turned: true });
}

export function drawTimes(pen, { plot, foot }, view, theme) {
  const step = TIME_STEPS.find((s) => (s / view.span) * plot.w > 56) ?? 7200;
  const edge = plot.x + plot.w;
  for (let k = Math.ceil(view.start / step - 1e-6); k * step <= view.end + 1e-6; k++) {
    const x = plot.x + ((k * step - view.start) / view.span) * plot.w;
    pen.path([[x, foot], [x, foot + 4]], { stroke: theme.muted });
    pen.text(timeText(k * step, step), Math.min(x, edge + 8), foot + 16, { fill: theme.muted, anchor: "middle" });
  }
  pen.text(view.end >= 60 ? "Time (min:s)" : "Time (s)", plot.x + plot.w / 2, foot + 31, { fill: theme.ink, anchor: "middle" });
}

// colours: 256 of them from `low` to `high`, in the unit that the title names.
export function drawBar(pen, { bar }, { colours, low, high, title }, theme) {
  pen.raster(bar, (context, w, h) => {
    for (let y = 0; y < h; y++) {
      const at = 3 * Math.round((255 * (h - 1 - y)) / Math.max(1, h - 1));
      context.fillStyle = `rgb(${colours[at]} ${colours[at + 1]} ${colours[at + 2]})`;
      context.fillRect(0, y, w, 1);
    }
  });
  pen.rect(bar.x, bar.y, bar.w, bar.h, { stroke: theme.line });
  const step = [1, 2, 5, 10, 20, 50].find((s) => ((s / (high - low)) * bar.h) >= 24) ?? 100;
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
    const y = bar.y + (1 - (v - low) / (high - low)) * bar.h;
    pen.path([[bar.x + bar.w, y], [bar.x + bar.w + 3, y]], { stroke: theme.muted });
    pen.text(signed(v), bar.x + bar.w + 5, Math.max(bar.y + 8, Math.min(y + 4, bar.y + bar.h)), { fill: theme.muted });
  }
  if (bar.titled) pen.text(title, bar.x + bar.w + 43, bar.y + bar.h / 2, { fill: theme.ink, anchor: "middle", turned: true });
}

export const signed = (v) => `${+v.toFixed(2)}`.replace("-", "\u2212");
