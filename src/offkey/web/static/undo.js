// Labels and comments taken back by Ctrl+Z, the last first, on whichever page of this window they were given.
import { bind } from "./keys.js";
import { toast } from "./toast.js";

const KEPT = "offkey-before";
const MOST = 500;
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
const keep = (all) => sessionStorage.setItem(KEPT, JSON.stringify(all.slice(-MOST)));

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const before = event.detail.xhr.getResponseHeader("X-Offkey-Before");
  if (before) keep([...kept(), JSON.parse(before)]);
});

async function takeBack() {
  const all = kept();
  const before = all.pop();
  if (!before) return toast("There is nothing to take back.");
  const full = document.querySelector(`#label[data-clip="${before.clip}"]`);
  const place = full ?? document.querySelector(`tr[data-clip="${before.clip}"] .labels`);
  const body = new URLSearchParams({ label: before.label });
  if (before.label) body.set("comment", before.comment);
  if (full) body.set("full", "1");
  const answer = await fetch(`/clips/${before.clip}/label`, { method: "POST", headers: { "HX-Request": "true" }, body });
  const content = await answer.text();
  if (answer.ok || answer.status === 404) keep(all); // a clip of another set that was open here before is passed over
  if (!answer.ok) return toast(content);
  if (place) htmx.swap(place, content, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  toast(`Taken back: ${before.name}`);
}

let last = Promise.resolve(); // who presses twice takes back two changes, one after the other
bind("Ctrl+z", "take back the last label or comment", () => {
  last = last.then(takeBack).catch(() => toast("The program does not answer: is it still running?"));
});
