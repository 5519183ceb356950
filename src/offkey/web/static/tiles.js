// Tiles of one clip's spectrogram: fetched when needed, kept as grey levels, 0 to 255 for -120 to 0 dB.
export const TILE = 256;
export const COLUMN_S = 0.008;
export const MOST_ZOOM = 12;
export const BANDS = [160, 320, 640]; // rows of a tile
export const DB_A_LEVEL = 120 / 255;
const LOWEST_DB = -120;
const MOST_KEPT = 300;
const AT_ONCE = 4;

export const dbOf = (level) => LOWEST_DB + level * DB_A_LEVEL;
export const tileSeconds = (zoom) => TILE * COLUMN_S * 2 ** zoom;

// The least zoom level at which one tile shows a whole clip.
export const wholeZoom = (seconds) => Math.max(0, Math.min(MOST_ZOOM, Math.ceil(Math.log2(seconds / tileSeconds(0)))));

export class Tiles {
  // loaded: called when a tile has come
  constructor(clip, { channel = "", scale = "mel", window = 64, loaded = () => {} }) {
    Object.assign(this, { clip, channel, scale, window, loaded });
    this.kept = new Map();
    this.running = new Map(); // address of a tile to what aborts its request
    this.wanted = [];
  }

  // Grey levels, row by row from the highest band; undefined while they are on their way, null where they cannot be had.
  get(tile) {
    return this.kept.get(this.#key(tile));
  }

  // What is in view now, the most urgent first: all else that is on its way is dropped.
  want(tiles) {
    this.wanted = tiles.map((tile) => this.#key(tile)).filter((key) => !this.kept.has(key));
    for (const [key, abort] of this.running) if (!this.wanted.includes(key)) abort.abort();
    this.#fetchNext();
  }

  use(changes) {
    Object.assign(this, changes);
    this.want([]);
  }

  copy(loaded) {
    const { channel, scale, window } = this;
    return new Tiles(this.clip, { channel, scale, window, loaded });
  }

  #key({ zoom, index, bands }) {
    const asked = new URLSearchParams({ channel: this.channel, bands, window: this.window });
    return `/clips/${this.clip}/tile/${this.scale}/${zoom}/${index}.png?${asked}`;
  }

  #fetchNext() {
    for (const key of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      if (!this.running.has(key) && !this.kept.has(key)) this.#fetch(key);
    }
  }

  async #fetch(key) {
    const abort = new AbortController();
    this.running.set(key, abort);
    let levels = null;
    try {
      const answer = await fetch(key, { signal: abort.signal });
      if (answer.ok) levels = await levelsOf(await answer.blob());
    } catch {
      // dropped; or the program is gone, which the page says
    }
    this.running.delete(key);
    if (!abort.signal.aborted) {
      this.kept.set(key, levels);
      if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
      this.loaded();
    }
    this.#fetchNext();
  }
}

// The grey levels of a picture, a blob or an image.
export async function levelsOf(source) {
  const picture = await createImageBitmap(source, { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  const rgba = context.getImageData(0, 0, picture.width, picture.height).data;
  return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i]);
}
