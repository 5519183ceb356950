// Record a clip of a machine, and score it or add it to the normal set.
import { cannotRecord, record } from "./recorder.js";

const $ = (id) => document.getElementById(id);
const form = $("recorder");
const said = $("said");
let stop = null;
let clip = null;

const say = (text, level = "") => Object.assign(said, { textContent: text, className: `notice ${level}` });

async function end() {
  const ending = stop;
  stop = null;
  if (!ending) return;
  clip = await ending();
  $("record").textContent = "Record again";
  document.querySelectorAll("[data-send]").forEach((button) => (button.disabled = false));
  say("The clip is recorded.");
}

async function begin() {
  $("record").textContent = "Stop";
  clip = null;
  document.querySelectorAll("[data-send]").forEach((button) => (button.disabled = true));
  say("Hold the telephone still beside the machine.");
  const heard = (seconds, peak) => {
    $("length").textContent = `${seconds.toFixed(1)} s`;
    $("peak").value = peak;
  };
  try {
    stop = await record(form.dataset.worklet, heard, end);
  } catch (error) {
    $("record").textContent = "Record";
    say(`The microphone cannot be used: ${error.message}`, "bad");
  }
}

async function send(button) {
  say("One moment.");
  try {
    const answer = await fetch(button.dataset.send, { method: "POST", body: clip, headers: { "Content-Type": "audio/wav" } });
    const text = await answer.text();
    say(answer.ok ? JSON.parse(text).sentence : text, answer.ok && !JSON.parse(text).anomalous ? "" : "bad");
  } catch {
    say("The monitor does not answer.", "bad");
  }
}

const reason = cannotRecord();
if (reason) {
  say(reason, "bad");
  $("record").disabled = true;
}
$("record").addEventListener("click", () => (stop ? end() : begin()));
document.querySelectorAll("[data-send]").forEach((button) => button.addEventListener("click", () => send(button)));
