// Keyboard shortcuts: single keys, not while someone writes, and a list of them for the help dialog.
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
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !(event.target instanceof Element)) return;
  if (event.key === "Escape" && writes(event.target)) return event.target.blur();
  if (writes(event.target)) return;
  const pressesIt = (event.key === " " || event.key === "Enter") && event.target.closest("button, a, summary, input");
  const found = pressesIt ? null : bound.get(event.key);
  if (!found) return;
  event.preventDefault();
  found.act(event);
});
