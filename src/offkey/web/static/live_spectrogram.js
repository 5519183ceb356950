// The sound of a machine as it comes: columns scroll from right to left; time, levels and deviations come as bytes.
import { deviationColour, fromStops, greys, themeOf } from "./palette.js";

const SPAN_S = 30; // shown
const HEAD = 12; // bytes before the levels of a piece
const canvas = document.getElementById("live");
const note = document.getElementById("live-note");
const buttons = document.querySelectorAll("[data-layer]");
const LEVELS = fromStops("#000004 #2c115f #721f81 #b73779 #f1605d #feb078 #fcfdbf");
let facts = null;
let columns = []; // { at, levels, deviations }, the oldest first
let layer = "levels";
let drawn = false;

// The levels between which colours are stretched: nearly all that are shown lie between them.
function range() {
  const shown = columns.filter((_, k) => k % 8 === 0).flatMap(({ levels }) => [...levels]).sort((a, b) => a - b);
  const low = shown[Math.floor(shown.length / 50)];
  return [low, Math.max(shown.at(-1), low + 32)];
}

// A function that writes the colour of a level and a deviation into the bytes of a picture.
function painter(data) {
  if (layer === "levels") {
    const [low, high] = range();
    return (at, level) => {
      const colour = Math.max(0, Math.min(255, Math.round((255 * (level - low)) / (high - low))));
      data.set(LEVELS.subarray(3 * colour, 3 * colour + 3), at);
    };
  }
  const theme = themeOf(canvas);
  const grey = greys(theme);
  const over = Array.from({ length: 256 }, (_, i) => deviationColour((i / 127.5 - 1) * facts.most_deviation, theme));
  return (at, level, deviation) => {
    const colour = over[deviation];
    for (let k = 0; k < 3; k++) data[at + k] = (colour[k] * colour[3] + grey[3 * level + k] * (255 - colour[3])) / 255;
  };
}

function draw() {
  drawn = true;
  if (!facts || !columns.length) return;
  const bands = facts.bands_hz.length;
  const width = Math.round(SPAN_S / facts.column_s);
  const image = new ImageData(width, bands);
  const paint = painter(image.data);
  const end = columns.at(-1).at;
  for (const { at, levels, deviations } of columns) {
    const x = width - 1 - Math.round((end - at) / facts.column_s);
    if (x < 0) continue;
    for (let band = 0; band < bands; band++) {
      const pixel = 4 * ((bands - 1 - band) * width + x);
      paint(pixel, levels[band], deviations[band]);
      image.data[pixel + 3] = 255;
    }
  }
  if (canvas.width !== width || canvas.height !== bands) Object.assign(canvas, { width, height: bands });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function take(buffer) {
  const view = new DataView(buffer);
  const count = view.getUint16(8, true);
  const bands = view.getUint16(10, true);
  const at = view.getFloat64(0, true);
  for (let k = 0; k < count; k++) {
    const from = HEAD + k * bands;
    const piece = (start) => new Uint8Array(buffer, start, bands);
    columns.push({ at: at + k * facts.column_s, levels: piece(from), deviations: piece(from + count * bands) });
  }
  const oldest = columns.at(-1).at - SPAN_S;
  columns = columns.filter((column) => column.at > oldest);
  if (drawn) {
    drawn = false;
    requestAnimationFrame(draw);
  }
}

function say() {
  const top = Math.round(facts.bands_hz.at(-1) / 100) / 10;
  const what = layer === "levels" ? "the louder the brighter" : `red: louder than ${facts.compared}, blue: quieter`;
  note.textContent = `The last ${SPAN_S} s, from 0 to ${top} kHz (mel); ${what}.`;
}

let pause = 1000;
function connect() {
  const address = new URL(canvas.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    pause = 1000;
    if (typeof data !== "string") {
      take(data);
      return;
    }
    facts = JSON.parse(data);
    drawn = true;
    say();
  });
  socket.addEventListener("close", ({ reason }) => {
    note.textContent = reason || "The sound has broken off; it is tried again.";
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, 30_000);
  });
  addEventListener("pagehide", () => socket.close());
}

buttons.forEach((button) =>
  button.addEventListener("click", () => {
    layer = button.dataset.layer;
    buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    if (facts) say();
    draw();
  }),
);
addEventListener("offkey-theme", draw);
connect();
