// One machine: its newest values, and its scores over time, from an hour to a year.
import { follow, show } from "./live.js";
import { scoreChart } from "./score_chart.js";
import { toast } from "./toast.js";

const machine = document.querySelector("[data-machine]");
const place = document.getElementById("scores");
const buttons = document.querySelectorAll("[data-span]");
let chart = null;
let span = 86400;

follow(({ machines }) => {
  const row = machines.find((one) => one.machine === machine.dataset.machine);
  if (row) show(machine, row);
});

async function draw() {
  const now = Date.now() / 1000;
  const since = now - span;
  try {
    const answers = await Promise.all([
      fetch(`${place.dataset.scores}&since=${since}&until=${now}&most=${Math.max(200, place.clientWidth)}`),
      fetch(`${place.dataset.events}&since=${since}`),
    ]);
    const [scores, events] = await Promise.all(answers.map((answer) => answer.json()));
    chart?.destroy();
    chart = scoreChart(place, machine.dataset.zone, scores, events.events);
  } catch {
    toast("The scores could not be read.");
  }
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
