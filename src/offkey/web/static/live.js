// The state of the machines as the server sends it; the browser connects again by itself where it breaks off.
const root = document.documentElement.dataset.root;

export function follow(update, lost) {
  const source = new EventSource(`${root}/live`);
  source.addEventListener("state", (event) => {
    lost(false);
    update(JSON.parse(event.data));
  });
  source.addEventListener("error", () => lost(true));
  addEventListener("pagehide", () => source.close());
}

const words = {
  score: (value) => (value === null ? "–" : value.toFixed(2).replace("-", "−")),
  window_end: (value) => (value === null ? "–" : new Date(value * 1000).toLocaleTimeString()),
};

// Write what is new into the elements of a machine that say which value they show.
export function show(machine, row) {
  machine.querySelectorAll("[data-live]").forEach((element) => {
    const key = element.dataset.live;
    const text = (words[key] ?? String)(row[key] ?? null);
    if (element.textContent !== text) element.textContent = text;
  });
}
