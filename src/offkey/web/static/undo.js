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
  const last = all.pop();
  if (!last) return toast("There is nothing to take back.");
  const full = document.querySelector(`#label[data-clip="${last.clip}"]`);
  const place = full ?? document.querySelector(`tr[data-clip="${last.clip}"] .labels`);
  const body = new URLSearchParams({ label: last.label });
  if (last.label) body.set("comment", last.comment);
  if (full) body.set("full", "1");
  const answer = await fetch(`/clips/${last.clip}/label`, { method: "POST", headers: { "HX-Request": "true" }, body });
  const content = await answer.text();
  if (!answer.ok) return toast(content);
  keep(all);
  if (place) htmx.swap(place, content, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  toast(`Taken back: ${last.name}`);
}

bind("Ctrl+z", "take back the last label or comment", () => takeBack().catch(() => toast("The program does not answer: is it still running?")));
