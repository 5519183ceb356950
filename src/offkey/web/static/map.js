// The map: points on a canvas, moved and zoomed, hovered, heard, and drawn round.
import { bind } from "./keys.js";
import { Colours } from "./map_colours.js";
import { toast } from "./toast.js";
import { remember } from "./undo.js";

const $ = (id) => document.getElementById(id);
const canvas = $("map");
const NEAR_PX = 12;
const HOVER_MS = 120;
let points = null;
let colours = null;
let view = { x: 0, y: 0, scale: 1 };
let lasso = null;
let mode = "move";
let hovered = -1;
let picked = -1;
let chosen = new Set();

async function load() {
  const asked = new URLSearchParams(canvas.dataset.of);
  asked.set("colour", $("colour").value);
  asked.set("projection", $("projection").value);
  history.replaceState(null, "", `/map?${asked}`);
  const answer = await fetch(`/map/points.json?${asked}`);
  if (answer.status === 202) return makeUmap(await answer.json());
  points = await answer.json();
  colours = new Colours(points, $("legend"), light);
  state(points.ids.length ? "" : "No clip is measured yet.");
  fit();
  colours.drawLegend();
}

async function makeUmap({ running, problem }) {
  if (problem) return state(problem);
  state("Making the map by UMAP; the first time takes a while …");
  if (!running) await fetch("/map/umap", { method: "POST" });
  setTimeout(() => $("projection").value === "umap" && load(), 1500);
}

function state(text) {
  $("map-state").hidden = !text;
  $("map-state").textContent = text;
}

function fit() {
  const range = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const [[x0, x1], [y0, y1]] = [range(points.x), range(points.y)];
  const { clientWidth: w, clientHeight: h } = canvas;
  const scale = 0.9 * Math.min(w / (x1 - x0 || 1), h / (y1 - y0 || 1));
  view = { scale, x: w / 2 - (scale * (x0 + x1)) / 2, y: h / 2 + (scale * (y0 + y1)) / 2 };
  draw();
}

const place = (i) => [view.x + view.scale * points.x[i], view.y - view.scale * points.y[i]];

function draw() {
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: canvas.clientWidth * ratio, height: canvas.clientHeight * ratio });
  if (!points) return;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const radius = Math.max(1.8, Math.min(5, 90 / Math.sqrt(points.ids.length)));
  for (let i = 0; i < points.ids.length; i++) {
    const [x, y] = place(i);
    context.globalAlpha = chosen.size && !chosen.has(points.ids[i]) ? 0.15 : 0.85;
    context.fillStyle = colours.of(i);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = getComputedStyle(canvas).getPropertyValue("--ink");
  context.lineWidth = 2;
  for (const i of [hovered, picked]) {
    if (i < 0) continue;
    context.beginPath();
    context.arc(...place(i), radius + 4, 0, 2 * Math.PI);
    context.stroke();
  }
  if (lasso) {
    context.setLineDash([5, 4]);
    context.beginPath();
    lasso.forEach(([x, y]) => context.lineTo(x, y));
    context.closePath();
    context.stroke();
  }
}

function nearest(x, y) {
  let best = -1;
  let least = NEAR_PX ** 2;
  for (let i = 0; points && i < points.ids.length; i++) {
    const [px, py] = place(i);
    const d = (px - x) ** 2 + (py - y) ** 2;
    if (d < least) [best, least] = [i, d];
  }
  return best;
}

let hovering;
function hover(i, x, y) {
  if (i !== hovered) { hovered = i; draw(); }
  const tip = $("map-tip");
  tip.hidden = i < 0;
  if (i < 0) return;
  tip.querySelector("output").value = `${points.names[i]} · ${colours.text(i)}`;
  clearTimeout(hovering);
  hovering = setTimeout(() => (tip.querySelector("img").src = `/clips/${points.ids[i]}/thumbnail.png`), HOVER_MS);
  tip.style.transform = `translate(${Math.min(x + 12, canvas.clientWidth - tip.offsetWidth - 4)}px, ${Math.max(4, y - tip.offsetHeight - 10)}px)`;
}

function pick(i, listen = true) {
  picked = i;
  draw();
  $("picked").hidden = i < 0;
  if (i < 0) return;
  const link = $("picked").querySelector("a");
  Object.assign(link, { href: `/clips/${points.ids[i]}`, textContent: points.names[i] });
  $("picked").querySelector("img").src = `/clips/${points.ids[i]}/thumbnail.png`;
  $("preview").src = `/clips/${points.ids[i]}/audio.wav`;
  if (listen) play();
}

function play() {
  const sound = $("preview");
  if (!sound.src) return;
  if (!sound.paused) return sound.pause();
  sound.play().catch((error) => toast(`It cannot be played: ${error.message}`));
}
for (const name of ["play", "pause", "ended"]) $("preview").addEventListener(name, () => ($("picked-play").textContent = $("preview").paused ? "Play" : "Pause"));

function inside([x, y], shape) {
  let within = false;
  for (let i = 0, j = shape.length - 1; i < shape.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [shape[i], shape[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

async function choose(shape) {
  const ids = points.ids.filter((_, i) => inside(place(i), shape));
  if (!ids.length) return pickOut(new Set(), "");
  const answer = await fetch("/map/selection", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ clips: ids }) });
  if (!answer.ok) return toast(await answer.text());
  pickOut(new Set(ids), new URLSearchParams({ selection: (await answer.json()).selection }));
}

// The groups that are chosen in the legend.
function light(groups) {
  const asked = new URLSearchParams(canvas.dataset.of);
  if (groups.size) asked.delete(points.key);
  groups.forEach((group) => asked.append(points.key, points.names_of_colours[group]));
  pickOut(new Set(points.ids.filter((_, i) => groups.has(points.colours[i]))), groups.size ? asked : "");
}

// Show some clips before the others, with what can be done to them; `of` is their address in the table.
function pickOut(ids, of) {
  chosen = ids;
  draw();
  $("bulk").hidden = !ids.size;
  const n = `${ids.size} selected clip${ids.size === 1 ? "" : "s"}`;
  Object.assign($("selected"), { href: `/clips?${of}`, textContent: `Show ${n}` });
  $("bulk").querySelector("[data-which]").textContent = n;
  $("bulk").dataset.of = of;
}

async function labelChosen(event) {
  event.preventDefault();
  const body = new URLSearchParams({ label: event.submitter.value, of: $("bulk").dataset.of });
  const answer = await fetch("/labels/many", { method: "POST", body });
  $("bulk").querySelector("details").open = false;
  if (!answer.ok) return toast(await answer.text());
  remember(answer.headers.get("X-Offkey-Before"));
  if ($("colour").value === "own_label") load();
}
$("bulk").addEventListener("submit", labelChosen);
document.addEventListener("labels-changed", () => $("colour").value === "own_label" && load());
$("view").addEventListener("change", ({ target }) => ["colour", "projection"].includes(target.name) || $("view").submit());

function setMode(which) {
  mode = which;
  canvas.classList.toggle("lasso", mode === "lasso");
  for (const one of ["move", "lasso"]) $(`mode-${one}`).setAttribute("aria-pressed", mode === one);
}

let grip = null;
const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
canvas.addEventListener("pointerdown", (event) => {
  const [x, y] = at(event);
  grip = { x, y, view: { ...view }, moved: false };
  canvas.setPointerCapture(event.pointerId);
  if (mode === "lasso" || event.shiftKey) lasso = [[x, y]];
});
canvas.addEventListener("pointermove", (event) => {
  const [x, y] = at(event);
  if (!grip) return hover(nearest(x, y), x, y);
  grip.moved ||= Math.hypot(x - grip.x, y - grip.y) > 4;
  if (lasso) lasso.push([x, y]);
  else if (grip.moved) view = { ...view, x: grip.view.x + x - grip.x, y: grip.view.y + y - grip.y };
  draw();
});
canvas.addEventListener("pointerup", (event) => {
  const shape = lasso;
  const moved = grip?.moved;
  lasso = grip = null;
  if (shape && moved) choose(shape);
  else if (!moved) pick(nearest(...at(event)));
  draw();
});
canvas.addEventListener("pointerleave", () => hover(-1));
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const [x, y] = at(event);
  const by = event.deltaY > 0 ? 0.85 : 1.18;
  view = { scale: view.scale * by, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
  draw();
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  const to = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "Enter") play();
  if (!to || !points) return;
  event.preventDefault();
  pick(neighbour(to), false);
});

// The nearest point in a direction, seen from the one that is picked.
function neighbour([dx, dy]) {
  if (picked < 0) return points.ids.length ? 0 : -1;
  const [x, y] = place(picked);
  let best = picked;
  let least = Infinity;
  for (let i = 0; i < points.ids.length; i++) {
    const [px, py] = place(i);
    const ahead = (px - x) * dx + (py - y) * dy;
    const aside = Math.abs((px - x) * dy) + Math.abs((py - y) * dx);
    if (i !== picked && ahead > 0 && ahead + 2 * aside < least) [best, least] = [i, ahead + 2 * aside];
  }
  return best;
}

$("colour").addEventListener("change", load);
$("projection").addEventListener("change", load);
$("fit").addEventListener("click", () => points && fit());
$("mode-move").addEventListener("click", () => setMode("move"));
$("mode-lasso").addEventListener("click", () => setMode("lasso"));
$("picked-play").addEventListener("click", play);
addEventListener("offkey-theme", () => {
  colours?.drawLegend();
  draw();
});
new ResizeObserver(() => points && fit()).observe(canvas);
bind("l", "lasso or move", () => setMode(mode === "lasso" ? "move" : "lasso"));
bind("0", "whole map", () => points && fit());
bind(" ", "play or pause the picked clip", play);
bind("o", "open the picked clip", () => picked >= 0 && $("picked").querySelector("a").click());
load();
