// The page of one clip: player, spectrogram and waveform in step, band, zoom, and labelling by keyboard.
import { Filters } from "./filters.js";
import { bind } from "./keys.js";
import { fromStops } from "./palette.js";
import { Spectrogram, clock } from "./spectrogram.js";
import { Tiles } from "./tiles.js";
import { toast } from "./toast.js";
import "./undo.js";
import { View, handle, showReadout } from "./view.js";
import { Waveform } from "./waveform.js";

const $ = (id) => document.getElementById(id);
const follow = (id) => $(id)?.click();

bind("j", "next clip", () => follow("after"));
bind("k", "clip before", () => follow("before"));
for (const [key, word] of [["n", "normal"], ["a", "anomaly"], ["u", "unsure"]]) bind(key, `label: ${word}`, () => follow(`label-${word}`));
bind("c", "comment (Enter keeps it, Escape leaves it)", () => $("comment").focus());
// Leaving the field saves it, once: Enter alone would save it by the change and by the form, and stay.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === $("comment")) event.target.blur();
});

const goOn = $("go-on");
goOn.checked = localStorage.getItem("offkey-go-on") === "yes";
goOn.addEventListener("change", () => localStorage.setItem("offkey-go-on", goOn.checked ? "yes" : "no"));
let labelled = false;
document.addEventListener("htmx:configRequest", (event) => (labelled = Boolean(event.detail.parameters.get?.("label") ?? event.detail.parameters.label)));
document.addEventListener("labelled", () => {
  toast("Saved", 1200);
  if (goOn.checked && labelled) follow("after");
});

const place = document.querySelector(".player");
if (place) startPlayer(place);

function startPlayer(player) {
  const { clip, seconds, rate, stops } = player.dataset;
  let { channel } = player.dataset;
  const audio = new Audio();
  audio.preload = "auto";
  const address = () => `/clips/${clip}/audio.wav?channel=${encodeURIComponent(channel)}`;
  audio.src = address();

  const view = new View(+seconds, () => {
    spectrogram.draw();
    waveform.update(channel);
    step();
  });
  const tiles = new Tiles(clip, { channel, loaded: () => spectrogram.draw() });
  const spectrogram = new Spectrogram(player.querySelector(".spectrogram"), { sources: [tiles], seconds: +seconds, rate: +rate, view, colours: fromStops(stops) });
  const waveform = new Waveform(player.querySelector(".waveform"), clip, view);
  waveform.update(channel);

  let filters = null;
  function connect() {
    if (filters) return;
    const context = new AudioContext();
    filters = new Filters(context);
    context.createMediaElementSource(audio).connect(filters.input);
    filters.output.connect(context.destination);
    filters.setBand(band());
    filters.setGain(+$("gain").value);
    audio.addEventListener("play", () => context.resume());
  }

  function band() {
    if (!$("band-on").checked) return null;
    const [low, high] = [+$("band-low").value, +$("band-high").value];
    return { low: Math.min(low, high), high: Math.max(low, high) };
  }

  const cursor = player.querySelector(".cursor");
  function step() {
    cursor.style.transform = `translateX(${spectrogram.xOf(audio.currentTime)}px)`;
    $("time").value = clock(audio.currentTime);
  }
  function run() {
    view.follow(audio.currentTime);
    step();
    if (!audio.paused) requestAnimationFrame(run);
  }

  const seek = (s) => {
    audio.currentTime = Math.max(0, Math.min(+seconds, s));
    step();
  };
  const toggle = () => {
    connect();
    if (audio.paused) audio.play().catch((error) => toast(`It cannot be played: ${error.message}`));
    else audio.pause();
  };

  audio.addEventListener("play", () => { $("play").textContent = "Pause"; run(); });
  audio.addEventListener("pause", () => ($("play").textContent = "Play"));
  audio.addEventListener("seeked", step);
  $("play").addEventListener("click", toggle);
  handle(spectrogram, view, seek);
  showReadout(spectrogram, player.querySelector(".readout"));

  $("speed").addEventListener("change", () => (audio.defaultPlaybackRate = audio.playbackRate = +$("speed").value));
  audio.preservesPitch = false;
  $("keep-pitch").addEventListener("change", () => (audio.preservesPitch = $("keep-pitch").checked));
  $("gain").addEventListener("change", () => filters?.setGain(+$("gain").value));
  for (const id of ["band-on", "band-low", "band-high"]) $(id).addEventListener("change", () => {
    filters?.setBand(band());
    spectrogram.band = band();
    spectrogram.draw();
  });
  $("scale").addEventListener("change", () => { tiles.use({ scale: $("scale").value }); spectrogram.restart(); });
  $("range").addEventListener("change", () => spectrogram.change({ range: +$("range").value }));
  $("channel")?.addEventListener("change", () => {
    channel = $("channel").value;
    const { currentTime, paused } = audio;
    audio.src = address();
    audio.currentTime = currentTime;
    if (!paused) audio.play();
    tiles.use({ channel });
    spectrogram.restart();
    waveform.update(channel);
  });
  const zoomAt = (factor) => view.zoom(factor, audio.currentTime >= view.start && audio.currentTime <= view.end && audio.currentTime > 0 ? audio.currentTime : undefined);
  $("zoom-in").addEventListener("click", () => zoomAt(0.5));
  $("zoom-out").addEventListener("click", () => zoomAt(2));
  $("zoom-all").addEventListener("click", () => view.whole());

  bind(" ", "play or pause", toggle);
  bind("ArrowLeft", "a second back", () => seek(audio.currentTime - 1));
  bind("ArrowRight", "a second on", () => seek(audio.currentTime + 1));
  bind("+", "zoom in", () => zoomAt(0.5));
  bind("-", "zoom out", () => zoomAt(2));
  bind("0", "whole clip", () => view.whole());
  bind("b", "band-limited listening on or off", () => $("band-on").click());
}
