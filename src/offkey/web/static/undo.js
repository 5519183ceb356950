// Labels and comments taken back by Ctrl+Z, the last first, on whichever page of this window they were given.
import { bind } from "./keys.js";
import { toast } from "./toast.js";

const KEPT = "offkey-before";
const MOST = 500;
const UNDO_MS = 8000;
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
const keep = (all) => sessionStorage.setItem(KEPT, JSON.stringify(all.slice(-MOST)));

// What the server says was there before a change: of one clip its label and comment, of many the name of the change.
export function remember(before) {
  if (!before) return;
  const told = JSON.parse(before);
  keep([...kept(), told]);
  toast(`Saved: ${told.name}`, UNDO_MS, { text: "Undo", act: undo });
}

document.addEventListener("htmx:beforeOnLoad", (event) => remember(event.detail.xhr.getResponseHeader("X-Offkey-Before")));

async function takeBack() {
  const all = kept();
  const before = all.pop();
  if (!before) return toast("There is nothing to take back.");
  const answer = await (before.batch ? takeBackMany(before) : takeBackOne(before));
  if (answer.ok || answer.status === 404) keep(all); // a clip of another set that was open here before is passed over
  toast(answer.ok ? `Taken back: ${before.name}` : await answer.text());
}

async function takeBackMany({ batch }) {
  const answer = await fetch(`/labels/undo/${batch}`, { method: "POST" });
  if (answer.ok) document.dispatchEvent(new Event("labels-changed"));
  return answer;
}

async function takeBackOne({ clip, label, comment }) {
  const full = document.querySelector(`#label[data-clip="${clip}"]`);
  const place = full ?? document.querySelector(`tr[data-clip="${clip}"] .labels`);
  const body = new URLSearchParams({ label });
  if (label) body.set("comment", comment);
  if (full) body.set("full", "1");
  const answer = await fetch(`/clips/${clip}/label`, { method: "POST", headers: { "HX-Request": "true" }, body });
  if (answer.ok && place) htmx.swap(place, await answer.text(), { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  return answer;
}

let last = Promise.resolve(); // who presses twice takes back two changes, one after the other
function undo() {
  last = last.then(takeBack).catch(() => toast("The program does not answer: is it still running?"));
}
bind("Ctrl+z", "take back the last label or comment", undo);
