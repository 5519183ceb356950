// The plant: scores as they come, and all cards anew when a machine's level, phase or source has changed.
import { follow, show } from "./live.js";

const cards = document.getElementById("cards");
let known = null;

const outline = ({ machines, seq }) => JSON.stringify([seq, machines.map((row) => [row.machine, row.level, row.phase, row.source, row.fresh, row.state])]);

const fetchCards = () => htmx.ajax("GET", cards.dataset.cards, "#cards");

follow((state) => {
  const now = outline(state);
  if (now !== known) fetchCards(); // at first, too: the page may be older than the state
  known = now;
  const byName = new Map(state.machines.map((row) => [row.machine, row]));
  cards.querySelectorAll("[data-machine]").forEach((card) => {
    const row = byName.get(card.dataset.machine);
    if (row) show(card, row);
  });
});
