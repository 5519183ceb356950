// Colours of the points of the map, and their legend: groups that are picked out by a click, or numbers by their rank.
import { fromStops } from "./palette.js";

// From the lowest number, which is blue as what is normal, to the highest, red as what is anomalous: lightness goes one way
// all along, so that eyes that confuse the two colours tell them apart too, and the highest stand out from the page.
const RAMPS = {
  light: fromStops("#a8cbe8 #b3add2 #c48dad #cf6a7f #bf3e48 #8f150d"),
  dark: fromStops("#2d5f97 #6066a6 #9a67a3 #d0708c #f58d7e #ffc4ae"),
};
const UNKNOWN = "#88888880";
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

export class Colours {
  // points: as the server gives them; place: the list of the legend; light: called with the groups that were clicked
  constructor(points, place, light) {
    Object.assign(this, { points, place, light, lit: new Set() });
    this.sorted = Float64Array.from((points.numbers ?? []).filter((v) => v !== null)).sort();
  }

  of(i) {
    const { points } = this;
    if (!points.numbers) return points.palette[points.colours[i]];
    return points.numbers[i] === null ? UNKNOWN : this.#ramp(this.#rank(points.numbers[i]));
  }

  text(i) {
    const { points } = this;
    if (!points.numbers) return points.names_of_colours[points.colours[i]];
    return points.numbers[i] === null ? "unknown" : near(points.numbers[i]);
  }

  // The share of the clips below a number, 0 to 1, so that a few extreme ones do not leave one colour to all others.
  #rank(v) {
    const { sorted } = this;
    if (sorted.length < 2) return 0.5;
    return (firstFrom(sorted, v) + firstFrom(sorted, v, true) - 1) / 2 / (sorted.length - 1);
  }

  #ramp(share) {
    const ramp = RAMPS[document.documentElement.dataset.theme === "dark" ? "dark" : "light"];
    const at = 3 * Math.round(255 * Math.max(0, Math.min(1, this.points.low_is_anomalous ? 1 - share : share)));
    return `rgb(${ramp[at]} ${ramp[at + 1]} ${ramp[at + 2]})`;
  }

  drawLegend() {
    this.place.replaceChildren(...(this.points.numbers ? [this.#scale()] : this.points.names_of_colours.map((name, at) => this.#group(name, at))));
  }

  #group(name, at) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const swatch = filled(1, () => this.points.palette[at]);
    button.append(swatch, name);
    button.setAttribute("aria-pressed", this.lit.has(at));
    button.addEventListener("click", () => {
      this.lit.has(at) ? this.lit.delete(at) : this.lit.add(at);
      button.setAttribute("aria-pressed", this.lit.has(at));
      this.light(this.lit);
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  // The colours by rank, with the numbers at every quarter of the clips.
  #scale() {
    const { sorted } = this;
    const item = Object.assign(document.createElement("li"), { className: "scale" });
    const strip = Object.assign(filled(256, (x) => this.#ramp(x / 255)), { className: "ramp" });
    item.append(strip);
    for (const share of QUARTERS) {
      const text = sorted.length ? near(sorted[Math.round(share * (sorted.length - 1))]) : "\u2013";
      item.append(Object.assign(document.createElement("span"), { textContent: text }));
    }
    return item;
  }
}

// The place of the first of sorted numbers that is not less than v, or is greater.
function firstFrom(sorted, v, beyond = false) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < v || (beyond && sorted[middle] === v)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function filled(width, colourAt) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height: 1 });
  const context = canvas.getContext("2d");
  for (let x = 0; x < width; x++) {
    context.fillStyle = colourAt(x);
    context.fillRect(x, 0, 1, 1);
  }
  return canvas;
}

const near = (v) => `${+v.toPrecision(3)}`.replace("-", "\u2212");
