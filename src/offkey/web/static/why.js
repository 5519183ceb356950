// Why a clip has its score, as layers over its spectrogram: regions to click and hear, deviation from normal, the score.
import { bind } from "./keys.js";
import { DeviationLayer, RegionsLayer, ScoreLayer } from "./layers.js";
import { levelsOf } from "./tiles.js";

const $ = (id) => document.getElementById(id);
const LEAD_IN_S = 0.2;
const EXTRACT_SHARE = 8; // of a long recording, so many times the stretch that is explained is shown when a region is chosen

// why: the element with the words; player: the ClipPlayer
export async function addLayers(why, player) {
  const answer = await fetch(why.dataset.layers);
  if (!answer.ok) return; // the words say why
  const told = await answer.json();
  const { spectrogram } = player;
  const regions = new RegionsLayer(told.regions);
  const deviation = new DeviationLayer(told, await levels(told.deviations));
  spectrogram.layers.unshift(deviation, regions);
  bindRegions(why, player, regions, told);
  show("layer-regions", regions, spectrogram);
  show("layer-deviation", deviation, spectrogram);
  bind("d", "deviation from normal on or off", () => $("layer-deviation").click());
  showScore(why, told, spectrogram);
  $("layers").hidden = false;
  spectrogram.change({});
}

async function levels(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  return levelsOf(image);
}

function show(id, layer, spectrogram) {
  $(id).checked = layer.shown;
  $(id).addEventListener("change", () => {
    layer.shown = $(id).checked;
    spectrogram.change({});
  });
}

// What each part adds to the score; of a long recording the score of each window, which is fetched when it is wanted.
function showScore(why, told, spectrogram) {
  let layer = null;
  $("layer-score").addEventListener("change", async () => {
    if (!layer) {
      const score = told.windows ? await (await fetch(why.dataset.scores)).json() : told.score;
      layer = new ScoreLayer({ ...score, title: told.windows ? "Score of each window (dashed: threshold)" : "What each part adds to the score" });
      spectrogram.layers.push(layer);
    }
    layer.shown = $("layer-score").checked;
    spectrogram.draw();
  });
  if (told.windows) $("layer-score").click();
}

function bindRegions(why, player, layer, { regions, start_s, end_s, windows }) {
  const buttons = [...why.querySelectorAll("[data-region]")];
  const choose = (at) => {
    layer.chosen = layer.chosen === at ? -1 : at;
    buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === layer.chosen));
    const region = regions[layer.chosen];
    player.hearBand(region ? { low: region.low_hz, high: region.high_hz } : null);
    if (!region) return;
    const [from] = region.spans_s[0];
    const around = (EXTRACT_SHARE * (end_s - start_s)) / 2;
    if (windows && player.view.span > 2 * around) player.view.set(start_s - around, end_s + around);
    player.seek(Math.max(start_s, from - LEAD_IN_S));
    player.play();
  };
  buttons.forEach((button, at) => button.addEventListener("click", () => choose(at)));
  player.onClick = (s, hz) => {
    const at = layer.at(s, hz);
    if (at >= 0) choose(at);
    return at >= 0;
  };
}
