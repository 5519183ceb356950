// The state of the machines as the server sends it; where it breaks off, it is tried again until there is an answer.
const root = document.documentElement.dataset.root;
const lostNotice = document.getElementById("lost");
const AGAIN_MS = 3000;

// Call `update` with each state; the page says so while the monitor does not answer.
export function follow(update) {
  const source = new EventSource(`${root}/live`);
  source.addEventListener("state", (event) => {
    lostNotice.hidden = true;
    update(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    lostNotice.hidden = false;
    // the browser tries again by itself, but not where it got another answer, such as that of a proxy
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS, update);
  });
  addEventListener("pagehide", () => source.close());
}

const words = {
  score: (value) => (value === null ? "–" : value.toFixed(2).replace("-", "−")),
  window_end: (value, { zone }) => (value === null ? "–" : new Date(value * 1000).toLocaleTimeString("en-GB", { timeZone: zone })),
};

// Write what is new into the elements of a machine that say which value they show.
export function show(machine, row) {
  machine.querySelectorAll("[data-live]").forEach((element) => {
    const key = element.dataset.live;
    const text = (words[key] ?? String)(row[key] ?? null, machine.dataset);
    if (element.textContent !== text) element.textContent = text;
  });
}
