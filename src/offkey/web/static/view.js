// The stretch of time that is seen: zoomed and moved within the whole.
import { clock } from "./spectrogram.js";

const LEAST_S = 0.05;

export class View {
  constructor(seconds, changed) {
    Object.assign(this, { seconds, changed, start: 0, end: seconds });
  }

  set(start, end) {
    const span = Math.max(Math.min(LEAST_S, this.seconds), Math.min(this.seconds, end - start));
    this.start = Math.max(0, Math.min(this.seconds - span, start));
    this.end = this.start + span;
    this.changed();
  }

  zoom(factor, around = (this.start + this.end) / 2) {
    this.set(around - (around - this.start) * factor, around + (this.end - around) * factor);
  }

  move(s) {
    this.set(this.start + s, this.end + s);
  }

  whole() {
    this.set(0, this.seconds);
  }

  // Turn the page when what is played leaves it.
  follow(s) {
    if (this.end - this.start < this.seconds && (s > this.end || s < this.start)) this.set(s, s + this.end - this.start);
  }
}

// Mouse on a spectrogram: click goes there, dragging moves, Ctrl and wheel zoom, wheel sideways moves.
export function handle(spectrogram, view, seek) {
  const { canvas } = spectrogram;
  let grip = null;
  const place = (event) => event.clientX - canvas.getBoundingClientRect().left;
  canvas.addEventListener("pointerdown", (event) => {
    grip = { x: place(event), start: view.start, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const shift = place(event) - grip.x;
    grip.moved ||= Math.abs(shift) > 4;
    const span = view.end - view.start;
    if (grip.moved) view.set(grip.start - (shift / canvas.clientWidth) * span, grip.start - (shift / canvas.clientWidth) * span + span);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (grip && !grip.moved) seek(spectrogram.sAt(place(event)));
    grip = null;
  });
  canvas.addEventListener("pointercancel", () => (grip = null));
  canvas.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) view.zoom(event.deltaY > 0 ? 1.25 : 0.8, spectrogram.sAt(place(event)));
    else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.move((event.deltaX / canvas.clientWidth) * (view.end - view.start));
    else return;
    event.preventDefault();
  }, { passive: false });
}

export function showReadout(spectrogram, output) {
  const { canvas } = spectrogram;
  canvas.addEventListener("mousemove", (event) => {
    const box = canvas.getBoundingClientRect();
    const hz = spectrogram.hzAt(event.clientY - box.top);
    output.value = `${clock(spectrogram.sAt(event.clientX - box.left))} · ${Math.round(hz)} Hz`;
  });
  canvas.addEventListener("mouseleave", () => (output.value = ""));
}
