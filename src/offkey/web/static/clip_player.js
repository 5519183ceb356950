// Player and spectrogram of one clip, in step: band, zoom, a box that is measured and looped.
import { Filters } from "./filters.js";
import { FrequencyView } from "./frequency.js";
import { handle, showReadout } from "./gestures.js";
import { bind } from "./keys.js";
import { BandLayer, BoxLayer } from "./layers.js";
import { inWords, measure } from "./measure.js";
import { fromStops } from "./palette.js";
import { download, figureOf } from "./save.js";
import { Spectrogram } from "./spectrogram.js";
import { Tiles } from "./tiles.js";
import { toast } from "./toast.js";
import { View, clock } from "./view.js";
import { bindViewing } from "./viewing.js";
import { Waveform } from "./waveform.js";

const $ = (id) => document.getElementById(id);
const LONG_S = 120; // beyond, sound is fetched as it is played

export class ClipPlayer {
  constructor(place) {
    const { clip, seconds, rate, stops, channel, name } = place.dataset;
    Object.assign(this, { place, clip, name, channel, seconds: +seconds, filters: null, loop: null });
    this.audio = new Audio();
    this.audio.preload = this.seconds > LONG_S ? "metadata" : "auto";
    this.audio.src = this.#address();
    const draw = () => this.spectrogram.draw();
    this.view = new View(this.seconds, () => {
      draw();
      this.waveform.update(this.channel);
    });
    this.frequency = new FrequencyView(+rate, draw);
    this.tiles = new Tiles(clip, { channel, loaded: draw });
    this.bandLayer = new BandLayer();
    this.boxLayer = new BoxLayer();
    this.spectrogram = new Spectrogram(place.querySelector(".spectrogram"), {
      sources: [this.tiles],
      seconds: this.seconds,
      rate: +rate,
      view: this.view,
      frequency: this.frequency,
      colours: fromStops(stops),
      layers: [this.bandLayer, this.boxLayer],
      painted: () => {
        this.waveform.fit(this.spectrogram.parts.plot);
        this.#step();
      },
    });
    this.waveform = new Waveform(place.querySelector(".waveform"), clip, this.view);
    this.waveform.update(channel);
    this.onClick = () => false; // whether a click on the picture was taken by a layer
    this.#bindSound();
    this.#bindPicture();
    this.#bindBox();
  }

  seek(s) {
    this.audio.currentTime = Math.max(0, Math.min(this.seconds, s));
    this.#step();
  }

  // Show and hear a recording from a moment on.
  goTo(s) {
    if (this.seconds > LONG_S) this.view.set(s - LONG_S / 4, s + LONG_S / 4);
    this.seek(s);
  }

  play() {
    this.#connect();
    return this.audio.play().catch((error) => toast(`It cannot be played: ${error.message}`));
  }

  // Hear a band alone, everything if it is null.
  hearBand(band) {
    $("band-on").checked = band !== null;
    if (band) [$("band-low").value, $("band-high").value] = [Math.round(band.low), Math.round(band.high)];
    this.#useBand();
  }

  #address() {
    return `/clips/${this.clip}/audio.wav?channel=${encodeURIComponent(this.channel)}`;
  }

  #connect() {
    if (this.filters) return;
    const context = new AudioContext();
    this.filters = new Filters(context);
    context.createMediaElementSource(this.audio).connect(this.filters.input);
    this.filters.output.connect(context.destination);
    this.filters.setBand(this.bandLayer.band);
    this.filters.setGain(+$("gain").value);
    this.audio.addEventListener("play", () => context.resume());
  }

  #useBand() {
    const [low, high] = [+$("band-low").value, +$("band-high").value];
    this.bandLayer.band = $("band-on").checked ? { low: Math.min(low, high), high: Math.max(low, high) } : null;
    this.filters?.setBand(this.bandLayer.band);
    this.spectrogram.draw();
  }

  #step() {
    const { audio, spectrogram, place } = this;
    const { plot } = spectrogram.parts;
    const x = spectrogram.xOf(audio.currentTime);
    const cursor = place.querySelector(".cursor");
    cursor.hidden = x < plot.x - 1 || x > plot.x + plot.w + 1;
    cursor.style.transform = `translateX(${x}px)`;
    $("time").value = clock(audio.currentTime);
  }

  #run() {
    const { audio, loop, view } = this;
    if (loop && (audio.currentTime >= loop.end || audio.currentTime < loop.start - 0.1)) audio.currentTime = loop.start;
    else view.follow(audio.currentTime);
    this.#step();
    if (!audio.paused) requestAnimationFrame(() => this.#run());
  }

  #bindSound() {
    const { audio } = this;
    const toggle = () => (audio.paused ? this.play() : audio.pause());
    audio.preservesPitch = false;
    audio.addEventListener("play", () => { $("play").textContent = "Pause"; this.#run(); });
    audio.addEventListener("pause", () => ($("play").textContent = "Play"));
    audio.addEventListener("ended", () => { if (this.loop) { this.seek(this.loop.start); this.play(); } });
    audio.addEventListener("seeked", () => this.#step());
    $("play").addEventListener("click", toggle);
    $("speed").addEventListener("change", () => (audio.defaultPlaybackRate = audio.playbackRate = +$("speed").value));
    $("keep-pitch").addEventListener("change", () => (audio.preservesPitch = $("keep-pitch").checked));
    $("gain").addEventListener("change", () => this.filters?.setGain(+$("gain").value));
    for (const id of ["band-on", "band-low", "band-high"]) $(id).addEventListener("change", () => this.#useBand());
    $("channel")?.addEventListener("change", () => this.#useChannel($("channel").value));
    bind(" ", "play or pause", toggle);
    bind("ArrowLeft", "a second back", () => this.seek(audio.currentTime - 1));
    bind("ArrowRight", "a second on", () => this.seek(audio.currentTime + 1));
    bind("b", "band-limited listening on or off", () => $("band-on").click());
  }

  #useChannel(channel) {
    const { currentTime, paused } = this.audio;
    this.channel = channel;
    this.audio.src = this.#address();
    this.audio.currentTime = currentTime;
    if (!paused) this.audio.play();
    this.tiles.use({ channel });
    this.spectrogram.restart();
    this.waveform.update(channel);
  }

  #bindPicture() {
    const { view, frequency, spectrogram, audio, place } = this;
    const on = {
      seek: (s) => this.seek(s),
      click: (s, hz) => this.onClick(s, hz),
      box: (box, done) => this.setBox(box, done),
    };
    handle(spectrogram, { view, frequency, on, mode: () => ($("measure").getAttribute("aria-pressed") === "true" ? "box" : "move") });
    showReadout(spectrogram, place.querySelector(".readout"));
    const at = () => (audio.currentTime > 0 && audio.currentTime >= view.start && audio.currentTime <= view.end ? audio.currentTime : undefined);
    bindViewing({ view, frequency, drawn: [spectrogram], tiles: [this.tiles], at });
    const measuring = () => {
      const pressed = $("measure").getAttribute("aria-pressed") !== "true";
      $("measure").setAttribute("aria-pressed", pressed);
      spectrogram.canvas.classList.toggle("measuring", pressed);
    };
    $("measure").addEventListener("click", measuring);
    bind("m", "measure a box, or move", measuring);
    $("save").addEventListener("click", async ({ target }) => {
      const { format } = target.dataset;
      if (!format) return;
      $("save").open = false;
      toast("Drawing …");
      download(await figureOf(spectrogram, { cm: +$("save-width").value, format, title: this.name }), `${this.name.split("/").at(-1)}.${format}`);
      toast("Saved", 1200);
    });
  }

  // done: false while it is still being drawn
  setBox(box, done) {
    this.boxLayer.box = box;
    $("box").hidden = box === null;
    if (box) $("box-words").value = inWords(box, done ? measure(box, this.spectrogram) : null);
    if (this.loop) this.#setLoop(box);
    this.spectrogram.draw();
  }

  #setLoop(loop) {
    this.loop = loop;
    $("box-loop").setAttribute("aria-pressed", loop !== null);
  }

  #bindBox() {
    $("box-loop").addEventListener("click", () => {
      this.#setLoop(this.loop ? null : this.boxLayer.box);
      if (!this.loop) return;
      this.seek(this.loop.start);
      this.play();
    });
    $("box-band").addEventListener("click", () => this.hearBand(this.boxLayer.box));
    $("box-zoom").addEventListener("click", () => {
      const { start, end, low, high } = this.boxLayer.box;
      this.view.set(start, end);
      this.frequency.set(this.frequency.warp(low), this.frequency.warp(high));
    });
    $("box-clear").addEventListener("click", () => {
      this.setBox(null);
      this.hearBand(null);
    });
  }
}
