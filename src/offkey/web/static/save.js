// The drawing on the screen as a file: SVG, or PNG of 300 dots an inch, as wide as a column of a paper.
import { PAPER } from "./palette.js";
import { CanvasPen, SvgPen } from "./pen.js";
import { Spectrogram } from "./spectrogram.js";

const DOTS_AN_INCH = 300;
const UNITS_AN_INCH = 96; // so that text of 11 units has 8 points
const CM_AN_INCH = 2.54;

export async function figureOf(spectrogram, { cm, format, title }) {
  const width = (cm / CM_AN_INCH) * UNITS_AN_INCH;
  const height = Math.min(0.62 * width, 300) + (spectrogram.layers.some((layer) => layer.shown && layer.drawLane) ? 76 : 0);
  const ratio = DOTS_AN_INCH / UNITS_AN_INCH;
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const pen = () => (format === "svg" ? new SvgPen(width, height, ratio) : new CanvasPen(canvas.getContext("2d"), ratio));
  const used = await drawn(spectrogram, pen, width, height);
  if (format === "svg") return new Blob([used.file(cm, title)], { type: "image/svg+xml" });
  return withResolution(await new Promise((done) => canvas.toBlob(done, "image/png")), DOTS_AN_INCH);
}

export function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Draw what is seen anew, by tiles of its own, until all have come.
async function drawn(spectrogram, makePen, width, height) {
  let come = () => {};
  const { seconds, rate, view, frequency, colours, range, layers, high } = spectrogram;
  const sources = spectrogram.sources.map((source) => source.copy(() => come()));
  const copy = new Spectrogram(null, { sources, seconds, rate, view, frequency, colours, range, layers, high });
  for (;;) {
    const next = new Promise((done) => (come = done));
    const pen = makePen();
    if (copy.render(pen, width, height, PAPER)) return pen;
    await next;
  }
}

// A PNG file with its dots a metre (chunk pHYs of the PNG specification, 11.3.4.3), which programs read as its size.
async function withResolution(blob, dotsAnInch) {
  const png = new Uint8Array(await blob.arrayBuffer());
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  const dots = Math.round(dotsAnInch / 0.0254);
  view.setUint32(0, 9);
  chunk.set([..."pHYs"].map((letter) => letter.charCodeAt(0)), 4);
  view.setUint32(8, dots);
  view.setUint32(12, dots);
  chunk[16] = 1;
  view.setUint32(17, checksum(chunk.subarray(4, 17)));
  const AFTER_HEADER = 33;
  return new Blob([png.subarray(0, AFTER_HEADER), chunk, png.subarray(AFTER_HEADER)], { type: "image/png" });
}

function checksum(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
