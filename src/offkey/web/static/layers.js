// Layers over a spectrogram: the deviation from normal, the regions that explain a score, the score over time, the band
// that is heard, and a box that was drawn to measure.
import { signed } from "./axes.js";
import { deviationColour } from "./palette.js";

const LETTERS = "ABC";
const LEAST_PX = 14; // height of a region's frame
const FULL = 6; // standard deviations at which a colour is full

// deviations: grey levels, row by row from the highest band, 0 to 255 for -FULL to FULL standard deviations
export class DeviationLayer {
  overGrey = true;
  shown = false;

  constructor({ start_s, frame_s, edges_hz }, deviations) {
    Object.assign(this, { start: start_s + frame_s / 2, frame_s, edges: edges_hz, deviations });
    this.bands = edges_hz.length - 1;
    this.frames = deviations.length / this.bands;
  }

  bar(theme) {
    const colours = Array.from({ length: 256 }, (_, i) => over(deviationColour((i / 127.5 - 1) * FULL, theme), theme)).flat();
    return { colours, low: -FULL, high: FULL, title: "Deviation (standard dev.)" };
  }

  paint(context, width, height, { view, frequency }, theme) {
    if (this.theme !== theme.dark) this.#colour(theme);
    const x = ((this.start - view.start) / view.span) * width;
    const w = ((this.frames * this.frame_s) / view.span) * width;
    const at = this.edges.map((hz) => Math.round((1 - frequency.share(hz)) * height));
    for (let band = 0; band < this.bands; band++) {
      const [bottom, top] = [at[band], at[band + 1]];
      if (bottom > 0 && top < height && bottom > top) context.drawImage(this.picture, 0, this.bands - 1 - band, this.frames, 1, x, top, w, bottom - top);
    }
  }

  #colour(theme) {
    this.theme = theme.dark;
    const { bands, frames, deviations } = this;
    this.picture = new OffscreenCanvas(frames, bands);
    const context = this.picture.getContext("2d");
    const image = context.createImageData(frames, bands);
    const colours = Array.from({ length: 256 }, (_, i) => deviationColour((i / 127.5 - 1) * FULL, theme));
    deviations.forEach((level, i) => image.data.set(colours[level], 4 * i));
    context.putImageData(image, 0, 0);
  }
}

// regions: {low_hz, high_hz, spans_s}, the most telling first
export class RegionsLayer {
  shown = true;
  chosen = -1;

  constructor(regions) {
    this.regions = regions;
  }

  draw(pen, parts, spectrogram) {
    const frames = this.regions.map((region) => this.#frames(region, parts, spectrogram));
    frames.forEach((boxes, at) => boxes.forEach(({ left, top, w, h }) => {
      pen.rect(left, top, w, h, { stroke: "#000000", width: at === this.chosen ? 5 : 3.5 });
      pen.rect(left, top, w, h, { stroke: "#ffffff", width: at === this.chosen ? 2.5 : 1.3 });
    }));
    const { plot } = parts;
    const corners = frames.map(([{ left, top }]) => ({ left: Math.max(plot.x, left - 1), top }));
    corners.forEach(({ left, top }, at) => {
      const before = corners.slice(0, at).filter((other) => Math.abs(other.left - left) < 16 && Math.abs(other.top - top) < 18);
      const x = Math.min(plot.x + plot.w - 15, left + 17 * before.length);
      const y = Math.max(plot.y, Math.min(plot.y + plot.h - 16, top - 16));
      pen.rect(x, y, 15, 16, { fill: "#000000" });
      pen.text(LETTERS[at], x + 7.5, y + 12, { fill: "#ffffff", weight: 700, anchor: "middle" });
    });
  }

  #frames({ low_hz, high_hz, spans_s }, parts, spectrogram) {
    const [high, low] = [spectrogram.yOf(high_hz, parts), spectrogram.yOf(low_hz, parts)];
    const room = Math.max(3, (LEAST_PX - (low - high)) / 2); // so that a narrow band is seen inside its frame
    return spans_s.map(([start, end]) => {
      const left = spectrogram.xOf(start, parts);
      return { left, top: high - room, w: spectrogram.xOf(end, parts) - left, h: low - high + 2 * room };
    });
  }

  // The region at a moment and a frequency, -1 if there is none.
  at(s, hz) {
    if (!this.shown) return -1;
    return this.regions.findIndex(({ low_hz, high_hz, spans_s }) => hz >= low_hz && hz <= high_hz && spans_s.some(([start, end]) => s >= start && s <= end));
  }
}

// spans_s: where each value starts and ends; threshold: drawn as a line, null where there is none
export class ScoreLayer {
  shown = false;

  constructor({ spans_s, values, threshold, title }) {
    Object.assign(this, { spans: spans_s, values, threshold, title });
    const all = threshold === null ? [0, ...values] : [threshold, ...values];
    [this.low, this.high] = all.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    if (this.low === this.high) this.high = this.low + 1;
  }

  drawLane(pen, { lane }, spectrogram, theme) {
    const y = (v) => lane.y + 3 + (1 - (v - this.low) / (this.high - this.low)) * (lane.h - 6);
    const rule = this.threshold ?? 0;
    const beyond = (v) => (v > rule ? theme.anomaly : theme.normal);
    pen.rect(lane.x, lane.y, lane.w, lane.h, { stroke: theme.line });
    pen.clip(lane, () => {
      this.values.forEach((v, at) => {
        const [left, right] = this.spans[at].map((s) => spectrogram.xOf(s, { plot: lane }));
        if (right < lane.x || left > lane.x + lane.w) return;
        pen.rect(left, Math.min(y(v), y(rule)), Math.max(1, right - left - (right - left > 4 ? 1 : 0)), Math.max(1, Math.abs(y(v) - y(rule))), { fill: beyond(v) });
      });
      pen.path([[lane.x, y(rule)], [lane.x + lane.w, y(rule)]], { stroke: theme.ink, dash: this.threshold === null ? [] : [4, 3] });
    });
    for (const v of [this.high, this.low]) pen.text(signed(+v.toPrecision(2)), lane.x - 6, y(v) + (v === this.high ? 8 : 0), { fill: theme.muted, anchor: "end" });
    pen.text(this.title, lane.x, lane.y - 6, { fill: theme.ink });
  }
}

export class BandLayer {
  band = null;

  get shown() {
    return this.band !== null;
  }

  draw(pen, parts, spectrogram) {
    const { plot } = parts;
    const [top, bottom] = [this.band.high, this.band.low].map((hz) => Math.max(plot.y, Math.min(plot.y + plot.h, spectrogram.yOf(hz, parts))));
    pen.rect(plot.x, plot.y, plot.w, top - plot.y, { fill: "#0b0c1eb0" });
    pen.rect(plot.x, bottom, plot.w, plot.y + plot.h - bottom, { fill: "#0b0c1eb0" });
  }
}

export class BoxLayer {
  box = null; // {start, end} in seconds and {low, high} in Hz

  get shown() {
    return this.box !== null;
  }

  draw(pen, parts, spectrogram) {
    const { start, end, low, high } = this.box;
    const [left, right] = [spectrogram.xOf(start, parts), spectrogram.xOf(end, parts)];
    const [top, bottom] = [spectrogram.yOf(high, parts), spectrogram.yOf(low, parts)];
    pen.rect(left, top, right - left, bottom - top, { stroke: "#000000", width: 3 });
    pen.rect(left, top, right - left, bottom - top, { stroke: "#ffffff", width: 1.2, dash: [5, 3] });
  }
}

function over([r, g, b, alpha], theme) {
  const ground = theme.dark ? [58, 65, 72] : [255, 255, 255];
  return [r, g, b].map((v, at) => Math.round(ground[at] + (v - ground[at]) * (alpha / 255)));
}
