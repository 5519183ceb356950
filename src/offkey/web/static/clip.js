// The page of one clip: labelling by keyboard, the clips before and after, and the player with its layers.
import { ClipPlayer } from "./clip_player.js";
import { bind } from "./keys.js";
import "./undo.js";
import { Why } from "./why.js";

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
document.addEventListener("labelled", () => goOn.checked && labelled && follow("after"));

const place = document.querySelector(".player");
if (place) {
  const player = new ClipPlayer(place);
  const why = new Why(player);
  const explained = () => {
    const words = $("explained");
    if (!words || words.dataset.drawn) return;
    words.dataset.drawn = "yes";
    why.show(words);
  };
  document.addEventListener("htmx:afterSettle", explained);
  explained();
  const moment = Number(new URLSearchParams(location.hash.slice(1)).get("t"));
  if (moment > 0) player.goTo(moment);
}
