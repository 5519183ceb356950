// The controls of what is seen, which the page of a clip and that of a pair share: zoom, scale, range and window.
import { bind } from "./keys.js";

const $ = (id) => document.getElementById(id);

// drawn: the spectrograms; tiles: what they are made of; at(): the moment to zoom around, undefined for the middle
export function bindViewing({ view, frequency, drawn, tiles, at = () => undefined }) {
  const zoom = (factor) => view.zoom(factor, at());
  const whole = () => {
    view.whole();
    frequency.whole();
  };
  for (const [id, act] of [
    ["zoom-in", () => zoom(0.5)],
    ["zoom-out", () => zoom(2)],
    ["hz-in", () => frequency.zoom(0.5)],
    ["hz-out", () => frequency.zoom(2)],
    ["zoom-all", whole],
  ]) $(id).addEventListener("click", act);
  $("scale").addEventListener("change", () => {
    tiles.forEach((one) => one.use({ scale: $("scale").value }));
    frequency.setScale($("scale").value);
    drawn.forEach((one) => one.restart());
  });
  $("range").addEventListener("change", () => drawn.forEach((one) => one.change({ range: +$("range").value })));
  $("window").addEventListener("change", () => {
    tiles.forEach((one) => one.use({ window: +$("window").value }));
    drawn.forEach((one) => one.restart());
  });
  bind("+", "zoom in in time", () => zoom(0.5));
  bind("-", "zoom out in time", () => zoom(2));
  bind("f", "zoom in in frequency", () => frequency.zoom(0.5));
  bind("F", "zoom out in frequency", () => frequency.zoom(2));
  bind("0", "whole clip, all frequencies", whole);
}
