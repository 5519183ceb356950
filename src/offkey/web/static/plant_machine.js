// One machine: its newest values, and its scores over time, from an hour to a year.
import { follow, show } from "./live.js";
import { toast } from "./toast.js";

const machine = document.querySelector("[data-machine]");
const place = document.getElementById("scores");
const buttons = document.querySelectorAll("[data-span]");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
let chart = null;
let span = 86400;

follow(
  ({ machines }) => {
    const row = machines.find((one) => one.machine === machine.dataset.machine);
    if (row) show(machine, row);
  },
  () => {},
);

function options() {
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  return {
    width: place.clientWidth - 24,
    height: 260,
    scales: { x: { time: true } },
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

async function draw() {
  const now = Date.now() / 1000;
  const answer = await fetch(`${place.dataset.scores}&since=${now - span}&until=${now}&most=${Math.max(200, place.clientWidth)}`);
  if (!answer.ok) {
    toast("The scores could not be had.");
    return;
  }
  const { scores } = await answer.json();
  const data = [scores.map((row) => row.at), scores.map((row) => row.lowest), scores.map((row) => row.highest), scores.map((row) => row.mean)];
  chart?.destroy();
  chart = new uPlot(options(), data, place);
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
