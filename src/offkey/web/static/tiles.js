// Tiles of one clip's spectrogram: fetched when needed, kept as grey levels, 0 to 255 for -120 to 0 dB.
export const TILE = 256;
export const COLUMN_S = 0.008;
export const MOST_ZOOM = 12;
const MOST_KEPT = 400;

export class Tiles {
  constructor(clip, { channel = "", scale = "mel", loaded = () => {} }) {
    Object.assign(this, { clip, channel, scale, loaded });
    this.kept = new Map();
  }

  // Grey levels, row by row from the highest band, or null while they are on their way.
  get(zoom, index) {
    const key = `${this.scale}/${zoom}/${index}`;
    if (!this.kept.has(key)) this.#fetch(key);
    return this.kept.get(key);
  }

  use(changes) {
    if (changes.channel !== undefined && changes.channel !== this.channel) this.kept.clear();
    Object.assign(this, changes);
  }

  async #fetch(key) {
    const { channel } = this;
    this.kept.set(key, null);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    const picture = new Image();
    picture.src = `/clips/${this.clip}/tile/${key}.png?channel=${encodeURIComponent(channel)}`;
    try {
      await picture.decode();
    } catch {
      return; // the page says already that the clip cannot be read
    }
    if (channel !== this.channel) return;
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const rgba = context.getImageData(0, 0, picture.width, picture.height).data;
    this.kept.set(key, Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i]));
    this.loaded();
  }
}
