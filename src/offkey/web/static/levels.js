// From grey levels of tiles to pictures in colour: of one clip, or of the difference of two.
import { DB_A_LEVEL, TILE } from "./tiles.js";

const REACH = 4;
export const DIFFERENCE_DB = 20;

// levelAt: 0 to 255 by place; colours: 256 of them.
export function picture(length, levelAt, colours) {
  const canvas = new OffscreenCanvas(TILE, length / TILE);
  const context = canvas.getContext("2d");
  const image = context.createImageData(TILE, length / TILE);
  for (let i = 0; i < length; i++) {
    const level = 3 * Math.max(0, Math.min(255, Math.round(levelAt(i))));
    image.data.set([colours[level], colours[level + 1], colours[level + 2], 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// The level that all but a five-hundredth of the first columns stay below.
export function loudest(levels, columns) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < levels.length; i++) if (i % TILE < columns) counts[levels[i]]++;
  let left = ((levels.length / TILE) * columns) / 500;
  for (let level = 255; level > 0; level--) if ((left -= counts[level]) < 0) return level;
  return 255;
}

// The difference of two tiles as a picture; `pairs` are the tiles before, here, and after.
export function differencePicture(pairs, colours) {
  const step = (127.5 * DB_A_LEVEL) / DIFFERENCE_DB;
  const smooth = averaged(pairs);
  return picture(smooth.length, (i) => 127.5 + step * smooth[i], colours);
}

// The difference of two tiles, each value the mean of nine columns and three bands around it: single windows of
// noise differ by many dB even where nothing has changed.
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
