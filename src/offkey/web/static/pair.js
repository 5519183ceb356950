// The page of a pair: two clips and their difference, locked in time.
import { FrequencyView } from "./frequency.js";
import { handle, showReadout } from "./gestures.js";
import { bind } from "./keys.js";
import { PairPlayer } from "./pair_player.js";
import { fromStops } from "./palette.js";
import { Spectrogram } from "./spectrogram.js";
import { Tiles } from "./tiles.js";
import { toast } from "./toast.js";
import { View, clock } from "./view.js";
import { bindViewing } from "./viewing.js";

const $ = (id) => document.getElementById(id);
const stage = $("pair");
const players = [...stage.querySelectorAll(".player[data-clip]")];
if (players.length === 2) start();

function start() {
  const told = players.map((one) => ({ ...one.dataset, seconds: +one.dataset.seconds, rate: +one.dataset.rate }));
  const seconds = Math.max(...told.map((one) => one.seconds));
  const colours = fromStops(told[0].stops);
  const drawn = [];
  const redraw = () => drawn.forEach((one) => one.draw());
  const view = new View(seconds, redraw);
  const frequency = new FrequencyView(Math.max(...told.map((one) => one.rate)), redraw);
  const tiles = told.map((one) => new Tiles(one.clip, { channel: one.channel, loaded: redraw }));
  const canvases = [...players, stage.querySelector(".difference")].map((one) => one.querySelector(".spectrogram"));
  const sources = [[tiles[0]], [tiles[1]]];
  if (told[0].rate === told[1].rate) sources.push(tiles);
  else stage.querySelector(".difference").replaceWith("The clips have different sampling rates: their spectrograms cannot be subtracted.");
  sources.forEach((source, at) => {
    const length = at < 2 ? told[at].seconds : Math.min(...told.map((one) => one.seconds));
    drawn.push(new Spectrogram(canvases[at], { sources: source, seconds: length, rate: told[Math.min(at, 1)].rate, view, frequency, colours, painted: step }));
  });

  const player = new PairPlayer(told, +stage.dataset.secondsHeard, () => ($("play").textContent = "Play"));
  const cursors = [...stage.querySelectorAll(".cursor")];
  function step() {
    const { plot } = drawn[0].parts;
    const x = drawn[0].xOf(player.at);
    cursors.forEach((cursor) => {
      cursor.hidden = x < plot.x - 1 || x > plot.x + plot.w + 1;
      cursor.style.transform = `translateX(${x}px)`;
    });
    $("time").value = clock(player.at);
  }
  function run() {
    view.follow(player.at);
    step();
    if (player.playing) requestAnimationFrame(run);
  }
  async function toggle() {
    if (player.playing) player.pause();
    else await player.play().catch((error) => toast(`It cannot be played: ${error.message}`));
    $("play").textContent = player.playing ? "Pause" : "Play";
    run();
  }
  function hear(which) {
    player.hear(which);
    $("hear-a").setAttribute("aria-pressed", which === 0);
    $("hear-b").setAttribute("aria-pressed", which === 1);
  }
  const seek = async (s) => { await player.seek(s); step(); };

  drawn.forEach((one, at) => {
    handle(one, { view, frequency, on: { seek } });
    showReadout(one, canvases[at].parentElement.querySelector(".readout"));
  });
  $("play").addEventListener("click", toggle);
  $("hear-a").addEventListener("click", () => hear(0));
  $("hear-b").addEventListener("click", () => hear(1));
  $("speed").addEventListener("change", () => player.setSpeed(+$("speed").value));
  $("gain").addEventListener("change", () => player.setGain(+$("gain").value));
  bindViewing({ view, frequency, drawn, tiles });
  bind(" ", "play or pause", toggle);
  bind("x", "switch between A and B", () => hear(1 - player.heard));
  bind("a", "hear A", () => hear(0));
  bind("b", "hear B", () => hear(1));
  bind("ArrowLeft", "a second back", () => seek(player.at - 1));
  bind("ArrowRight", "a second on", () => seek(player.at + 1));
}
