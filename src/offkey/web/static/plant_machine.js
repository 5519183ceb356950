// One machine: its newest values, and its scores over time, from an hour to a year.
import { follow, show } from "./live.js";
import { toast } from "./toast.js";

const machine = document.querySelector("[data-machine]");
const place = document.getElementById("scores");
const buttons = document.querySelectorAll("[data-span]");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
let chart = null;
let span = 86400;
let shown = [0, 1]; // scores that are in view in any case: the normal ones and the threshold

follow(({ machines }) => {
  const row = machines.find((one) => one.machine === machine.dataset.machine);
  if (row) show(machine, row);
});

function options() {
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  return {
    width: place.clientWidth - 24,
    height: 260,
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(low, shown[0]), Math.max(high, shown[1])] } },
    axes: [axis, { ...axis, label: "score" }],
    legend: { live: true },
    series: [
      {},
      { label: "lowest", stroke: "transparent", points: { show: false } },
      { label: "highest", stroke: "transparent", points: { show: false } },
      { label: "mean", stroke: colour("--chart-0"), width: 1.6, points: { show: false } },
    ],
    bands: [{ series: [2, 1], fill: `${colour("--chart-0").trim()}33` }],
  };
}

// The events of the machine that lie in the time shown.
async function eventsOf(since) {
  const answer = await fetch(place.dataset.events);
  const { events } = answer.ok ? await answer.json() : { events: [] };
  return events.filter(({ ended }) => (ended ?? Infinity) > since);
}

// Under the scores: the band of normal ones, and events as stripes of the colour of their level.
function under(plot, normal, events) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (normal) {
    ctx.fillStyle = colour("--normal-ground");
    const top = plot.valToPos(normal[1], "y", true);
    ctx.fillRect(bbox.left, top, bbox.width, plot.valToPos(normal[0], "y", true) - top);
  }
  for (const { began, ended, level } of events) {
    const left = plot.valToPos(began, "x", true);
    const right = plot.valToPos(ended ?? Date.now() / 1000, "x", true);
    ctx.fillStyle = colour(`--${level === "alarm" ? "anomaly" : level}-ground`);
    ctx.fillRect(left, bbox.top, Math.max(3, right - left), bbox.height);
  }
  ctx.restore();
}

function over({ ctx, bbox, valToPos, scales }, threshold) {
  if (threshold === null || threshold > scales.y.max || threshold < scales.y.min) return;
  const y = valToPos(threshold, "y", true);
  ctx.save();
  ctx.strokeStyle = colour("--ink");
  ctx.setLineDash([6, 5]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

async function draw() {
  const now = Date.now() / 1000;
  const answer = await fetch(`${place.dataset.scores}&since=${now - span}&until=${now}&most=${Math.max(200, place.clientWidth)}`);
  if (!answer.ok) {
    toast("The scores could not be had.");
    return;
  }
  const { scores, threshold, normal } = await answer.json();
  const events = await eventsOf(now - span);
  shown = normal ? [normal[0] - 0.5, Math.max(normal[1], threshold) + 0.5] : [0, 1];
  const data = [scores.map((row) => row.at), scores.map((row) => row.lowest), scores.map((row) => row.highest), scores.map((row) => row.mean)];
  chart?.destroy();
  chart = new uPlot({ ...options(), hooks: { drawClear: [(plot) => under(plot, normal, events)], draw: [(plot) => over(plot, threshold)] } }, data, place);
}

buttons.forEach((button) =>
  button.addEventListener("click", () => {
    span = Number(button.dataset.span);
    buttons.forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    draw();
  }),
);
addEventListener("resize", () => chart?.setSize({ width: place.clientWidth - 24, height: 260 }));
addEventListener("offkey-theme", draw);
addEventListener("load", draw);
setInterval(draw, 60_000);
