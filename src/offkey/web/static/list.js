// The table of clips by keyboard: go up and down, listen, label, open.
import { bind } from "./keys.js";
import { toast } from "./toast.js";
import "./undo.js";

const preview = document.getElementById("preview");
const filter = document.getElementById("filter");
let here = null; // id of the clip that the keys are about

const rows = () => [...document.querySelectorAll(".clips tbody tr")];
const current = () => rows().find((row) => row.dataset.clip === here);

function mark(row) {
  rows().forEach((one) => one.classList.toggle("here", one === row));
  here = row?.dataset.clip ?? null;
  row?.querySelector(".name a").focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function go(by) {
  const all = rows();
  const at = all.indexOf(current());
  mark(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]);
}

function listen(row) {
  if (!row?.querySelector(".listen")) return;
  const same = preview.dataset.clip === row.dataset.clip;
  if (same && !preview.paused) return preview.pause();
  if (!same) {
    preview.src = `/clips/${row.dataset.clip}/audio.wav`;
    preview.dataset.clip = row.dataset.clip;
  }
  preview.play().catch((error) => toast(`It cannot be played: ${error.message}`));
}

function show() {
  rows().forEach((row) => row.querySelector(".listen")?.classList.toggle("playing", !preview.paused && row.dataset.clip === preview.dataset.clip));
}
for (const name of ["play", "pause", "ended"]) preview.addEventListener(name, show);

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest(".listen");
  if (button) listen(button.closest("tr"));
});
document.addEventListener("htmx:afterSettle", () => {
  show();
  current()?.classList.add("here");
});

// Marked rows are what the button labels; without any it labels all that the filters let through.
const marks = () => [...document.querySelectorAll(".mark input[name=clip]")];
function showMarked() {
  const n = marks().filter((mark) => mark.checked).length;
  const which = document.querySelector("[data-which]");
  if (which) which.textContent = n ? `${n} marked clip${n === 1 ? "" : "s"}` : which.dataset.which;
}
document.addEventListener("change", ({ target }) => {
  if (target.id === "mark-all") marks().forEach((mark) => (mark.checked = target.checked));
  if (target.closest(".mark")) showMarked();
});
document.addEventListener("labels-changed", () => htmx.ajax("GET", `${location.pathname}${location.search}`, { target: "#table", swap: "outerHTML" }));

// What each menu of the form has chosen, in few words.
function showChosen() {
  for (const menu of filter.querySelectorAll(".choice")) {
    const chosen = [...menu.querySelectorAll("input:checked")].map((input) => input.value);
    const limits = [...menu.querySelectorAll("input[type=number]")].filter((input) => input.value !== "");
    const output = menu.querySelector("output");
    if (output) output.value = limits.length ? `${limits.length} set` : chosen.length > 2 ? `${chosen.length} of ${menu.querySelectorAll("input").length}` : chosen.join(", ") || output.dataset.all;
  }
}
filter.addEventListener("change", showChosen);
showChosen();
document.getElementById("default-columns").addEventListener("click", () => {
  const asked = new URLSearchParams(location.search);
  asked.delete("column");
  location.assign(`/clips?${new URLSearchParams([["column", ""], ...asked])}`);
});
// The form keeps the order that a click on a column chose.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target !== filter) return;
  const asked = new URLSearchParams(location.search);
  const { parameters } = event.detail;
  for (const name of ["sort", "order"]) parameters[name] = asked.get(name) ?? "";
});
filter.addEventListener("submit", (event) => event.preventDefault());

bind("j", "next clip", () => go(1));
bind("k", "clip before", () => go(-1));
bind(" ", "play or pause the marked clip", () => listen(current() ?? rows()[0]));
bind("p", "play or pause the marked clip", () => listen(current() ?? rows()[0]));
bind("x", "mark the clip", () => current()?.querySelector(".mark input").click());
bind("/", "search", () => document.getElementById("search").focus());
for (const [key, word] of [["n", "normal"], ["a", "anomaly"], ["u", "unsure"]]) bind(key, `label: ${word}`, () => current()?.querySelector(`.labels .${word}`).click());
