// The level inside a box of time and frequency, from the tiles that are there.
import { BANDS, COLUMN_S, MOST_ZOOM, TILE, dbOf, tileSeconds } from "./tiles.js";
import { hzText } from "./frequency.js";
import { clock } from "./view.js";
import { signed } from "./axes.js";

// Mean (of the power) and greatest level in dB, from the finest tiles that cover the box; null where none is there.
export function measure({ start, end, low, high }, { sources: [tiles], frequency, rate }) {
  for (let zoom = 0; zoom <= MOST_ZOOM; zoom++) {
    for (const bands of [...BANDS].reverse()) {
      const found = levelsIn(tiles, { zoom, bands, start, end }, rows(frequency, bands, rate, low, high));
      if (found) return found;
    }
  }
  return null;
}

export function inWords({ start, end, low, high }, level) {
  const duration = end - start < 1 ? `${Math.round(1000 * (end - start))} ms` : `${(end - start).toFixed(2)} s`;
  const db = level ? `; mean ${signed(Math.round(level.mean))} dB, highest ${signed(Math.round(level.highest))} dB` : "";
  return `${clock(start)} to ${clock(end)} (${duration}), ${hzText(low)} to ${hzText(high)} (${hzText(high - low)} wide)${db}`;
}

// First and last row, from the top, of the bands between two frequencies.
function rows(frequency, bands, rate, low, high) {
  const [bottom, top] = frequency.edges(bands, rate);
  const row = (hz) => Math.max(0, Math.min(bands - 1, Math.floor(((top - frequency.share(hz)) / (top - bottom)) * bands)));
  return [row(high), row(low)];
}

function levelsIn(tiles, { zoom, bands, start, end }, [top, bottom]) {
  const column_s = COLUMN_S * 2 ** zoom;
  const [first, last] = [Math.floor(start / column_s), Math.max(Math.floor(start / column_s), Math.ceil(end / column_s) - 1)];
  if (last - first > 4 * TILE) return null; // a coarser one is at hand
  let [power, highest, n] = [0, 0, 0];
  for (let index = Math.floor(first / TILE); index * tileSeconds(zoom) < end; index++) {
    const levels = tiles.get({ zoom, index, bands });
    if (!levels) return null;
    for (let x = Math.max(first, index * TILE); x <= Math.min(last, (index + 1) * TILE - 1); x++) {
      for (let row = top; row <= bottom; row++) {
        const level = levels[row * TILE + x - index * TILE];
        power += 10 ** (dbOf(level) / 10);
        highest = Math.max(highest, level);
        n++;
      }
    }
  }
  return n ? { mean: 10 * Math.log10(power / n), highest: dbOf(highest) } : null;
}
