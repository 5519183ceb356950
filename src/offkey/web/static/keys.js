// Keyboard shortcuts: single keys, and some with Ctrl; not while someone writes, and a list of them for the help dialog.
const bound = new Map();

export function bind(key, text, act) {
  bound.set(key, { text, act });
}

export function describe() {
  return [...bound].filter(([, { text }]) => text).map(([key, { text }]) => [key === " " ? "space" : key, text]);
}

function writes(target) {
  if (target.isContentEditable || target.closest("select, textarea, dialog[open]")) return true;
  return target.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.defaultPrevented || !(event.target instanceof Element)) return;
  if (event.key === "Escape" && writes(event.target)) return event.target.blur();
  if (writes(event.target)) return;
  const pressesIt = (event.key === " " || event.key === "Enter") && event.target.closest("button, a, summary, input");
  const key = event.ctrlKey || event.metaKey ? `Ctrl+${event.key}` : event.key;
  const found = pressesIt ? null : bound.get(key);
  if (!found) return;
  event.preventDefault();
  found.act(event);
});
