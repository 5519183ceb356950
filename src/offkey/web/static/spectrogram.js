// Draws the spectrogram of a clip, or the difference of two, on a canvas, from tiles.
import { BANDS, hzAt, hzText, shareAt, ticks } from "./frequency.js";
import { DIVERGING } from "./palette.js";
import { COLUMN_S, MOST_ZOOM, TILE } from "./tiles.js";

const DB_A_LEVEL = 120 / 255;
const DIFFERENCE_DB = 20;
const REACH = 4;

export class Spectrogram {
  // sources: one Tiles, or two whose difference is drawn; view: {start, end} in seconds, shared with whom it concerns
  constructor(canvas, { sources, seconds, rate, view, colours, range = 45 }) {
    Object.assign(this, { canvas, sources, seconds, rate, view, colours, range, band: null });
    this.coloured = new Map();
    this.high = null;
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  get scale() {
    return this.sources[0].scale;
  }

  change(changes) {
    Object.assign(this, changes);
    this.coloured.clear();
    this.draw();
  }

  // Forget what was learnt of the levels, for another channel.
  restart() {
    this.high = null;
    this.change({});
  }

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.#paint();
    });
  }

  xOf(s) {
    return ((s - this.view.start) / (this.view.end - this.view.start)) * this.canvas.clientWidth;
  }

  sAt(x) {
    return this.view.start + (x / this.canvas.clientWidth) * (this.view.end - this.view.start);
  }

  hzAt(y) {
    return hzAt(1 - y / this.canvas.clientHeight, this.rate, this.scale);
  }

  #paint() {
    const { canvas, view } = this;
    const ratio = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    const height = Math.round(canvas.clientHeight * ratio);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "#0b0c1e";
    context.fillRect(0, 0, width, height);
    const perPixel = (view.end - view.start) / width;
    const zoom = Math.max(0, Math.min(MOST_ZOOM, Math.ceil(Math.log2(perPixel / COLUMN_S))));
    const tile_s = TILE * COLUMN_S * 2 ** zoom;
    for (let index = Math.max(0, Math.floor(view.start / tile_s)); index * tile_s < Math.min(view.end, this.seconds); index++) {
      const picture = this.#tile(zoom, index);
      if (!picture) continue;
      const left = (index * tile_s - view.start) / perPixel;
      context.drawImage(picture, left, 0, tile_s / perPixel, height);
    }
    const end = (this.seconds - view.start) / perPixel;
    if (end < width) {
      context.fillStyle = "#0b0c1e";
      context.fillRect(end, 0, width - end, height);
    }
    this.#shadeBand(context, width, height);
    this.#axes(context, width, height, ratio);
  }

  #tile(zoom, index) {
    const key = `${this.scale}/${zoom}/${index}`;
    if (!this.coloured.has(key)) {
      const made = this.sources.length === 1 ? this.#levels(zoom, index) : this.#difference(zoom, index);
      if (!made) return null;
      this.coloured.set(key, made);
    }
    return this.coloured.get(key);
  }

  #levels(zoom, index) {
    const levels = this.sources[0].get(zoom, index);
    if (!levels) return null;
    const columns = Math.min(TILE, Math.ceil(this.seconds / (COLUMN_S * 2 ** zoom) - index * TILE));
    if (this.high === null) this.high = loudest(levels, columns);
    const low = this.high - this.range / DB_A_LEVEL;
    return picture(levels.length, (i) => (255 * (levels[i] - low)) / (this.high - low), this.colours);
  }

  #difference(zoom, index) {
    const last = Math.max(0, Math.ceil(this.seconds / (TILE * COLUMN_S * 2 ** zoom)) - 1);
    const around = [-1, 0, 1].map((by) => Math.max(0, Math.min(last, index + by)));
    const pairs = around.map((at) => this.sources.map((source) => source.get(zoom, at)));
    if (pairs.flat().some((one) => !one)) return null;
    const step = (127.5 * DB_A_LEVEL) / DIFFERENCE_DB;
    const smooth = averaged(pairs);
    return picture(smooth.length, (i) => 127.5 + step * smooth[i], DIVERGING);
  }

  #shadeBand(context, width, height) {
    if (!this.band) return;
    const top = (1 - shareAt(this.band.high, this.rate, this.scale)) * height;
    const bottom = (1 - shareAt(this.band.low, this.rate, this.scale)) * height;
    context.fillStyle = "#0b0c1eb8";
    context.fillRect(0, 0, width, Math.max(0, top));
    context.fillRect(0, bottom, width, Math.max(0, height - bottom));
  }

  #axes(context, width, height, ratio) {
    context.font = `${11 * ratio}px system-ui, sans-serif`;
    const label = (text, x, y) => {
      const w = context.measureText(text).width + 8 * ratio;
      context.fillStyle = "#000000a0";
      context.fillRect(x, y - 11 * ratio, w, 15 * ratio);
      context.fillStyle = "#ffffff";
      context.fillText(text, x + 4 * ratio, y);
    };
    let last = height + 20 * ratio;
    for (const hz of ticks(this.rate, this.scale)) {
      const y = (1 - shareAt(hz, this.rate, this.scale)) * height;
      if (last - y < 18 * ratio || y < 14 * ratio || y > height - 22 * ratio) continue;
      label(hzText(hz), 0, y + 4 * ratio);
      last = y;
    }
    const span = this.view.end - this.view.start;
    const step = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600].find((s) => (s / span) * width > 80 * ratio) || 7200;
    for (let s = Math.ceil(this.view.start / step) * step; s < this.view.end; s += step) {
      const x = ((s - this.view.start) / span) * width;
      if (x > 40 * ratio && x < width - 50 * ratio) label(timeText(s, step), x, height - 4 * ratio);
    }
  }
}

export function timeText(s, step = 1) {
  if (s >= 60) return `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  return `${s.toFixed(step < 0.1 ? 2 : step < 1 ? 1 : 0)} s`;
}

// A moment to a hundredth of a second: 9.50 s, 45:41.12.
export function clock(s) {
  return s < 60 ? `${s.toFixed(2)} s` : `${Math.floor(s / 60)}:${(s % 60).toFixed(2).padStart(5, "0")}`;
}

function loudest(levels, columns) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < levels.length; i++) if (i % TILE < columns) counts[levels[i]]++;
  let left = (BANDS * columns) / 500;
  for (let level = 255; level > 0; level--) if ((left -= counts[level]) < 0) return level;
  return 255;
}

// The difference of two tiles, each value the mean of nine columns and three bands around it: single windows of
// noise differ by many dB even where nothing has changed. `pairs` are the tiles before, here, and after.
function averaged(pairs) {
  const { length } = pairs[1][0];
  const difference = (start, x) => {
    const [a, b] = pairs[1 + Math.floor(x / TILE)];
    const i = start + ((x + TILE) % TILE);
    return a[i] - b[i];
  };
  const across = new Float32Array(length);
  for (let start = 0; start < length; start += TILE) {
    let sum = 0;
    for (let x = -REACH; x < REACH; x++) sum += difference(start, x);
    for (let x = 0; x < TILE; x++) {
      sum += difference(start, x + REACH);
      across[start + x] = sum / (2 * REACH + 1);
      sum -= difference(start, x - REACH);
    }
  }
  return across.map((v, i) => ((across[i - TILE] ?? v) + v + (across[i + TILE] ?? v)) / 3);
}

function picture(length, levelAt, colours) {
  const height = length / TILE;
  const canvas = new OffscreenCanvas(TILE, height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(TILE, height);
  for (let i = 0; i < length; i++) {
    const level = 3 * Math.max(0, Math.min(255, Math.round(levelAt(i))));
    image.data.set([colours[level], colours[level + 1], colours[level + 2], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
