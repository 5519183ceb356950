// Scores over time by uPlot, with the range of normal ones, the threshold, events with their verdicts, and states.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const VERDICTS = { true: "--anomaly", false: "--muted", expected: "--unsure" };
const STATES = ["--chart-0", "--chart-1", "--unsure", "--normal", "--anomaly", "--muted"];
const STRIP = 6; // pixels of a strip of verdicts or states

// Columns for uPlot; where no sound was scored the line breaks.
function columns(scores) {
  const rows = scores.flatMap((row, k) => {
    const end = row.at + row.seconds;
    return k + 1 < scores.length && scores[k + 1].at > end + row.seconds ? [row, { at: end, lowest: null, highest: null, mean: null }] : [row];
  });
  return ["at", "lowest", "highest", "mean"].map((key) => rows.map((row) => row[key]));
}

// Under the scores: the range of normal ones, events in the colour of their level, and strips of verdicts and states.
function under(plot, { normal, events, scores, states }) {
  const { ctx, bbox } = plot;
  const box = (from, to, top, height, fill) => {
    const left = plot.valToPos(from, "x", true);
    ctx.fillStyle = colour(fill);
    ctx.fillRect(left, top, Math.max(3, plot.valToPos(to, "x", true) - left), height);
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const { min, max } = plot.scales.x;
  if (normal) {
    const top = plot.valToPos(normal[1], "y", true);
    box(min, max, top, plot.valToPos(normal[0], "y", true) - top, "--normal-ground");
  }
  const strip = STRIP * devicePixelRatio;
  for (const { began, ended, level, verdict } of events) {
    box(began, ended ?? Date.now() / 1000, bbox.top, bbox.height, `--${level === "alarm" ? "anomaly" : level}-ground`);
    if (verdict) box(began, ended ?? Date.now() / 1000, bbox.top, strip, VERDICTS[verdict]);
  }
  for (const { at, seconds, state } of scores) {
    if (state) box(at, at + seconds, bbox.top + bbox.height - strip, strip, STATES[states.indexOf(state) % STATES.length]);
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

// Values with none before and none after them, which are no line.
const alone = ({ data }, k) => data[k].flatMap((value, i) => (value !== null && (data[k][i - 1] ?? data[k][i + 1] ?? null) === null ? [i] : []));

// The values under the cursor, and the newest ones where there is none.
function showNewest(plot) {
  const newest = () => plot.setLegend({ idx: plot.data[0].length - 1 });
  plot.over.addEventListener("mouseleave", newest);
  if (plot.data[0].length) newest();
}

function options(place, zone, known) {
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line") } };
  const times = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" });
  const day = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short" });
  const value = (_, score) => (score === null || score === undefined ? "–" : score.toFixed(2).replace("-", "−"));
  const { normal, threshold } = known;
  const shown = normal ? [normal[0] - 0.5, Math.max(normal[1], threshold) + 0.5] : [0, 1]; // in view in any case
  return {
    width: place.clientWidth - 24,
    height: 260,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(low, shown[0]), Math.max(high, shown[1])] } },
    axes: [
      { ...axis, space: 70, values: (_, ticks, __, ___, step) => ticks.map((at) => (step < 86400 ? clock : day).format(new Date(at * 1000))) },
      { ...axis, label: "score" },
    ],
    legend: { live: true },
    series: [
      { label: "time", value: (_, at) => (at ? times.format(new Date(at * 1000)) : "–") },
      { label: "lowest", stroke: "transparent", points: { show: false }, value },
      { label: "highest", stroke: "transparent", points: { show: false }, value },
      { label: "mean", stroke: colour("--chart-0"), width: 1.6, points: { show: true, size: 4, filter: alone }, value },
    ],
    bands: [{ series: [2, 1], fill: `${colour("--chart-0")}33` }],
    hooks: { drawClear: [(plot) => under(plot, known)], draw: [(plot) => over(plot, threshold)], ready: [showNewest] },
  };
}

// Name the states in the colours of their strip.
function nameStates(list, states) {
  list.hidden = !states.length;
  const items = states.map((state, k) => {
    const item = document.createElement("li");
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    swatch.setAttribute("class", "swatch");
    swatch.style.background = `var(${STATES[k % STATES.length]})`;
    item.append(swatch, state);
    return item;
  });
  list.replaceChildren("States, as the strip at the bottom: ", ...items);
}

// Draw scores, as /api/scores has them, and events, as the page of the machine has them; return the chart.
export function scoreChart(place, zone, answer, events) {
  const states = [...new Set(answer.scores.map((row) => row.state).filter(Boolean))].sort();
  nameStates(document.getElementById("states"), states);
  return new uPlot(options(place, zone, { ...answer, events, states }), columns(answer.scores), place);
}
