// The source of a machine in a form: fields of the chosen kind alone, microphones looked for again, and the level now.
const dB = (value) => `${value.toFixed(1).replace("-", "−")} dB`;

function inWords({ problem, state, reason, level_db }) {
  if (problem) return problem;
  if (level_db !== null) return state === "healthy" ? dB(level_db) : `${dB(level_db)}, ${state}`;
  return reason ? `${state}: ${reason}` : state;
}

function withSource(place) {
  const { prefix } = place.dataset;
  const kind = place.querySelector(`[name="${prefix}kind"]`);
  const listen = place.querySelector("[data-listen]");
  const meter = place.querySelector("meter");
  const output = place.querySelector("output");
  const again = place.querySelector("[data-again]");
  let socket = null;

  function showKind() {
    place.querySelectorAll("[data-kind]").forEach((row) => (row.hidden = !row.dataset.kind.split(" ").includes(kind.value)));
  }

  function stop() {
    socket?.close();
    socket = null;
    listen.setAttribute("aria-pressed", "false");
    listen.textContent = "Show its level";
  }

  function fields() {
    const named = [...place.querySelectorAll("[name]")];
    return Object.fromEntries(named.map(({ name, value }) => [`source.${name.slice(prefix.length)}`, value]));
  }

  function start() {
    const address = new URL(place.dataset.socket, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const own = (socket = new WebSocket(address));
    output.textContent = "waiting for sound";
    listen.setAttribute("aria-pressed", "true");
    listen.textContent = "Stop";
    own.addEventListener("open", () => own.send(JSON.stringify(fields())));
    let problem = null; // of the source, after which the monitor closes
    own.addEventListener("message", ({ data }) => {
      if (own !== socket) return;
      const level = JSON.parse(data);
      ({ problem } = level);
      output.textContent = inWords(level);
      meter.value = level.level_db ?? -90;
    });
    own.addEventListener("close", () => {
      if (own !== socket) return;
      stop();
      if (!problem) output.textContent = "The monitor does not answer.";
    });
  }

  kind.addEventListener("change", showKind);
  place.addEventListener("change", () => socket && (stop(), start()));
  listen.addEventListener("click", () => (socket ? stop() : start()));
  again.addEventListener("click", () => htmx.trigger(place.querySelector(`[name="${prefix}microphone"]`), "offkey-again"));
  addEventListener("pagehide", stop);
  showKind();
}

document.querySelectorAll("[data-source]").forEach(withSource);
