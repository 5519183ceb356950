// Draws the spectrogram of a clip, or the difference of two, from tiles, with axes, a bar of colours, and layers over it.
import { drawBar, drawFrequencies, drawTimes, layout } from "./axes.js";
import { DIFFERENCE_DB, differencePicture, loudest, picture } from "./levels.js";
import { diverging, greys, themeOf } from "./palette.js";
import { CanvasPen } from "./pen.js";
import { BANDS, COLUMN_S, DB_A_LEVEL, MOST_ZOOM, TILE, dbOf, tileSeconds, wholeZoom } from "./tiles.js";

const MOST_COLOURED = 150;
const NARROW_PX = 480;
const GREY_ROOM_DB = 25; // above the loudest level where layers of colour lie over the grey

export class Spectrogram {
  // sources: one Tiles, or two whose difference is drawn; view and frequency: what is seen, shared with whom it concerns;
  // layers: drawn over it, each with `paint` (in pixels) or `draw` (by a pen); rate: of the clip, in Hz; painted: called
  // after it was drawn on its canvas; without a canvas it is drawn by `render` alone
  constructor(canvas, { sources, seconds, rate, view, frequency, colours, range = 45, layers = [], high = null, painted = () => {} }) {
    Object.assign(this, { canvas, sources, seconds, rate, view, frequency, colours, range, layers, high, painted });
    this.coloured = new Map();
    if (!canvas) return;
    new ResizeObserver(() => this.draw()).observe(canvas);
    addEventListener("offkey-theme", () => this.change({}));
  }

  change(changes) {
    Object.assign(this, changes);
    this.coloured.clear();
    this.draw();
  }

  // Forget what was learnt of the levels, for another channel or window.
  restart() {
    this.change({ high: null });
  }

  draw() {
    if (this.waiting || !this.canvas) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.#paint();
    });
  }

  get #grey() {
    return this.layers.some((layer) => layer.shown && layer.overGrey);
  }

  get parts() {
    return this.#layout(this.canvas.clientWidth, this.canvas.clientHeight);
  }

  #layout(width, height) {
    const lane = this.layers.some((layer) => layer.shown && layer.drawLane);
    return layout(width, height, { lane, narrow: this.canvas !== null && width < NARROW_PX }); // paper shows all
  }

  xOf(s, { plot } = this.parts) {
    return plot.x + ((s - this.view.start) / this.view.span) * plot.w;
  }

  sAt(x, { plot } = this.parts) {
    return this.view.start + ((x - plot.x) / plot.w) * this.view.span;
  }

  yOf(hz, { plot } = this.parts) {
    return plot.y + (1 - this.frequency.share(hz)) * plot.h;
  }

  hzAt(y, { plot } = this.parts) {
    return this.frequency.hzAt(1 - (y - plot.y) / plot.h);
  }

  #paint() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !height) return;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    this.render(new CanvasPen(canvas.getContext("2d"), ratio), width, height, themeOf(canvas));
    this.painted();
  }

  // Draw all by a pen in a picture of this size; returns whether every tile was there.
  render(pen, width, height, theme) {
    this.theme = theme;
    const parts = this.#layout(width, height);
    const shown = this.layers.filter((layer) => layer.shown);
    let whole = true;
    pen.rect(0, 0, width, height, { fill: theme.surface });
    pen.raster(parts.plot, (context, w, h) => {
      whole = this.#tiles(context, w, h, theme);
      shown.forEach((layer) => layer.paint?.(context, w, h, this, theme));
    });
    pen.clip(parts.plot, () => shown.forEach((layer) => layer.draw?.(pen, parts, this, theme)));
    pen.rect(parts.plot.x, parts.plot.y, parts.plot.w, parts.plot.h, { stroke: theme.line });
    if (parts.lane) shown.forEach((layer) => layer.drawLane?.(pen, parts, this, theme));
    drawFrequencies(pen, parts, this.frequency, theme);
    drawTimes(pen, parts, this.view, theme);
    const bar = this.#bar(theme); // whose levels are known by now
    if (bar) drawBar(pen, parts, bar, theme);
    return whole;
  }

  // What the colours mean; null before a level is known.
  #bar(theme) {
    const own = this.layers.find((layer) => layer.shown && layer.bar);
    if (own) return own.bar(theme);
    if (this.sources.length === 2) return { colours: diverging(theme), low: -DIFFERENCE_DB, high: DIFFERENCE_DB, title: "A \u2212 B (dB)" };
    if (this.high === null) return null;
    return { colours: this.colours, low: dbOf(this.high) - this.range, high: dbOf(this.high), title: "Level (dB re full scale)" };
  }

  #tiles(context, width, height, theme) {
    const { view } = this;
    const perPixel = view.span / width;
    const zoom = Math.max(0, Math.min(MOST_ZOOM, Math.ceil(Math.log2(perPixel / COLUMN_S))));
    const bands = BANDS.find((n) => n * this.frequency.seen >= 120) ?? BANDS.at(-1);
    const tile_s = tileSeconds(zoom);
    const indices = [];
    for (let index = Math.max(0, Math.floor(view.start / tile_s)); index * tile_s < Math.min(view.end, this.seconds); index++) indices.push(index);
    this.#want(zoom, indices, bands);
    const whole = this.sources.every((source) => indices.every((index) => source.get({ zoom, index, bands }) !== undefined));
    fillWaiting(context, width, height, theme);
    for (const index of indices) {
      const best = this.#best(zoom, index, bands);
      if (!best) continue;
      const [bottom, top] = this.frequency.edges(best.bands, this.rate);
      const left = (index * tile_s - view.start) / perPixel;
      context.drawImage(best.picture, best.first, 0, best.columns, best.bands, left, (1 - top) * height, tile_s / perPixel, (top - bottom) * height);
    }
    this.#clearBeyond(context, width, height, theme);
    return whole;
  }

  // Ground where the clip has no sound: after its end, and above half its rate.
  #clearBeyond(context, width, height, theme) {
    context.fillStyle = theme.surface;
    const end = ((this.seconds - this.view.start) / this.view.span) * width;
    if (end < width) context.fillRect(end, 0, width - end, height);
    const top = (1 - this.frequency.share(this.rate / 2)) * height;
    if (top > 1) context.fillRect(0, 0, width, top);
  }

  // Ask for the whole clip first, which then lies below all else, and for what is in view from its middle on.
  #want(zoom, indices, bands) {
    const all = wholeZoom(this.seconds);
    const middle = indices.length / 2 - 0.5;
    const inner = indices.map((_, at) => at).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle)).map((at) => indices[at]);
    const last = Math.max(0, Math.ceil(this.seconds / tileSeconds(zoom)) - 1);
    const beside = this.sources.length === 2 ? indices.flatMap((index) => [index - 1, index + 1]).filter((index) => index >= 0 && index <= last && !indices.includes(index)) : [];
    const tiles = [{ zoom: all, index: 0, bands: BANDS[0] }, ...[...inner, ...new Set(beside)].map((index) => ({ zoom, index, bands }))];
    this.sources.forEach((source) => source.want(tiles));
  }

  // The picture of a tile, or the part of a coarser one that covers it.
  #best(zoom, index, bands) {
    for (let coarser = 0; zoom + coarser <= MOST_ZOOM; coarser++) {
      const at = Math.floor(index / 2 ** coarser);
      for (const rows of BANDS.filter((n) => n <= bands).reverse()) {
        const found = this.#coloured({ zoom: zoom + coarser, index: at, bands: rows });
        if (found) return { picture: found, bands: rows, first: ((index - at * 2 ** coarser) * TILE) / 2 ** coarser, columns: TILE / 2 ** coarser };
      }
    }
    return null;
  }

  #coloured(tile) {
    const { zoom, index, bands } = tile;
    const key = `${this.frequency.scale}/${bands}/${zoom}/${index}`;
    if (!this.coloured.has(key)) {
      const made = this.sources.length === 1 ? this.#levels(tile) : this.#difference(tile);
      if (!made) return null;
      this.coloured.set(key, made);
      if (this.coloured.size > MOST_COLOURED) this.coloured.delete(this.coloured.keys().next().value);
    }
    return this.coloured.get(key);
  }

  #levels(tile) {
    const levels = this.sources[0].get(tile);
    if (!levels) return null;
    this.high ??= loudest(levels, Math.min(TILE, Math.ceil(this.seconds / (COLUMN_S * 2 ** tile.zoom) - tile.index * TILE)));
    const grey = this.#grey;
    const high = this.high + (grey ? GREY_ROOM_DB / DB_A_LEVEL : 0);
    const low = this.high - this.range / DB_A_LEVEL;
    return picture(levels.length, (i) => (255 * (levels[i] - low)) / (high - low), grey ? greys(this.theme) : this.colours);
  }

  #difference({ zoom, index, bands }) {
    const last = Math.max(0, Math.ceil(this.seconds / tileSeconds(zoom)) - 1);
    const around = [-1, 0, 1].map((by) => Math.max(0, Math.min(last, index + by)));
    const pairs = around.map((at) => this.sources.map((source) => source.get({ zoom, index: at, bands })));
    return pairs.flat().every(Boolean) ? differencePicture(pairs, diverging(this.theme)) : null;
  }
}

// Stripes, which are neither silence nor sound: what is to come.
function fillWaiting(context, width, height, theme) {
  context.fillStyle = theme.raised;
  context.fillRect(0, 0, width, height);
  context.strokeStyle = theme.line;
  context.lineWidth = 3;
  context.beginPath();
  for (let x = -height; x < width; x += 14) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
}
