// Why a clip has its score, as layers over its spectrogram: regions to click and hear, deviation from normal, the score.
import { bind } from "./keys.js";
import { DeviationLayer, RegionsLayer, ScoreLayer } from "./layers.js";
import { levelsOf } from "./tiles.js";

const $ = (id) => document.getElementById(id);
const LEAD_IN_S = 0.2;
const AROUND = 4; // times the window that is explained, on either side of it, are shown when a region of it is chosen

export class Why {
  // player: the ClipPlayer
  constructor(player) {
    Object.assign(this, { player, regions: null, deviation: null, score: null });
    for (const name of ["regions", "deviation", "score"]) $(`layer-${name}`).addEventListener("change", () => this.#use());
    bind("d", "deviation from normal on or off", () => $("layer-deviation").click());
    player.onClick = (s, hz) => {
      const at = this.regions?.at(s, hz) ?? -1;
      if (at >= 0) this.#choose(at);
      return at >= 0;
    };
    document.addEventListener("htmx:configRequest", ({ target, detail }) => {
      if (target.id === "explain-here") detail.parameters.at = player.audio.currentTime;
    });
  }

  // words: the element with the explanation in words, which says where the rest is
  async show(words) {
    const answer = await fetch(words.dataset.layers);
    if (!answer.ok) return; // the words say why
    this.told = await answer.json();
    const levels = await levelsAt(this.told.deviations);
    const { layers } = this.player.spectrogram;
    [this.regions, this.deviation].forEach((old) => old && layers.splice(layers.indexOf(old), 1));
    Object.assign(this, { words, regions: new RegionsLayer(this.told.regions), deviation: new DeviationLayer(this.told, levels) });
    layers.unshift(this.deviation, this.regions);
    this.#buttons().forEach((button, at) => button.addEventListener("click", () => this.#choose(at)));
    if (this.told.window && !this.score) $("layer-score").checked = true;
    await this.#use();
    $("layers").hidden = false;
  }

  async #use() {
    this.regions.shown = $("layer-regions").checked;
    this.deviation.shown = $("layer-deviation").checked;
    if ($("layer-score").checked) this.score ??= await this.#score();
    if (this.score) this.score.shown = $("layer-score").checked;
    this.player.spectrogram.change({});
  }

  // What each part adds to the score; of a long recording the score of each window.
  async #score() {
    const { window, score } = this.told;
    const values = window ? await (await fetch(this.words.dataset.scores)).json() : score;
    const layer = new ScoreLayer({ ...values, title: window ? "Score of each window (dashed: threshold)" : "What each part adds to the score" });
    this.player.spectrogram.layers.push(layer);
    return layer;
  }

  #buttons() {
    return [...this.words.querySelectorAll("[data-region]")];
  }

  #choose(at) {
    const { player, regions, told } = this;
    regions.chosen = regions.chosen === at ? -1 : at;
    this.#buttons().forEach((button, k) => button.setAttribute("aria-pressed", k === regions.chosen));
    const region = told.regions[regions.chosen];
    player.hearBand(region ? { low: region.low_hz, high: region.high_hz } : null);
    if (!region) return;
    const around = AROUND * (told.end_s - told.start_s);
    if (told.window && player.view.span > 2 * around) player.view.set(told.start_s - around, told.end_s + around);
    player.seek(Math.max(told.start_s, region.spans_s[0][0] - LEAD_IN_S));
    player.play();
  }
}

async function levelsAt(uri) {
  const image = new Image();
  image.src = uri;
  await image.decode();
  return levelsOf(image);
}
