// Mouse, touch and wheel on a spectrogram: a click goes there, dragging moves or draws a box, the wheel and two fingers zoom.
import { hzText } from "./frequency.js";
import { clock } from "./view.js";

const STILL_PX = 4;

// on: {seek(s), box({start, end, low, high}, done)?, click(s, hz)? returning whether it took the click}; mode(): "move" or "box"
export function handle(spectrogram, { view, frequency, on, mode = () => "move" }) {
  const { canvas } = spectrogram;
  const fingers = new Map();
  let grip = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const clamped = ({ x, y }) => {
    const { plot } = spectrogram.parts;
    return { s: view.start + share(x - plot.x, plot.w) * view.span, hz: frequency.hzAt(1 - share(y - plot.y, plot.h)) };
  };
  const boxFrom = (a, b) => ({ start: Math.min(a.s, b.s), end: Math.max(a.s, b.s), low: Math.min(a.hz, b.hz), high: Math.max(a.hz, b.hz) });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    const at = place(event);
    grip = { ...at, last: at, from: clamped(at), drawing: on.box && (mode() === "box" || event.shiftKey), moved: false, pinch: pinchOf(fingers) };
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip || !fingers.has(event.pointerId)) return;
    const at = place(event);
    fingers.set(event.pointerId, at);
    const pinch = pinchOf(fingers);
    if (pinch && grip.pinch) zoomByFingers(pinch);
    grip.pinch = pinch;
    grip.moved ||= Boolean(pinch) || Math.hypot(at.x - grip.x, at.y - grip.y) > STILL_PX;
    if (pinch || !grip.moved) return;
    if (grip.drawing) on.box(boxFrom(grip.from, clamped(at)), false);
    else {
      const { plot } = spectrogram.parts;
      view.move((-(at.x - grip.last.x) / plot.w) * view.span);
      if (frequency.seen < 0.999) frequency.move((at.y - grip.last.y) / plot.h);
    }
    grip.last = at;
  });
  const release = (event) => {
    fingers.delete(event.pointerId);
    if (fingers.size || !grip) return;
    const { s, hz } = clamped(place(event));
    if (event.type === "pointerup" && grip.drawing && grip.moved) on.box(boxFrom(grip.from, { s, hz }), true);
    else if (event.type === "pointerup" && !grip.moved && !on.click?.(s, hz)) on.seek(s);
    grip = null;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);

  function zoomByFingers(pinch) {
    const { plot } = spectrogram.parts;
    const around = clamped(pinch);
    if (pinch.wide) view.zoom(grip.pinch.dx / Math.max(1, pinch.dx), around.s);
    else frequency.zoom(grip.pinch.dy / Math.max(1, pinch.dy), 1 - share(pinch.y - plot.y, plot.h));
  }

  canvas.addEventListener("wheel", (event) => {
    const { plot } = spectrogram.parts;
    const turn = event.deltaY || event.deltaX; // with Shift, some systems turn the wheel sideways
    const at = place(event);
    if (event.ctrlKey || event.metaKey) {
      const factor = turn > 0 ? 1.25 : 0.8;
      if (event.shiftKey) frequency.zoom(factor, 1 - share(at.y - plot.y, plot.h));
      else view.zoom(factor, clamped(at).s);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.move((event.deltaX / plot.w) * view.span);
    else return;
    event.preventDefault();
  }, { passive: false });
}

export function showReadout(spectrogram, output) {
  const { canvas } = spectrogram;
  canvas.addEventListener("mousemove", (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const { plot } = spectrogram.parts;
    const inside = x >= plot.x && x <= plot.x + plot.w && y >= plot.y && y <= plot.y + plot.h;
    output.value = inside ? `${clock(spectrogram.sAt(x))} · ${hzText(spectrogram.hzAt(y))}` : "";
  });
  canvas.addEventListener("mouseleave", () => (output.value = ""));
}

const share = (v, whole) => Math.max(0, Math.min(1, v / whole));

function pinchOf(fingers) {
  if (fingers.size !== 2) return null;
  const [a, b] = [...fingers.values()];
  const [dx, dy] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, dx, dy, wide: dx >= dy };
}
