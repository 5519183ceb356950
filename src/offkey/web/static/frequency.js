// The frequencies that are seen, from the height in a picture to Hz and back (Slaney's mel scale, or linear).
const LOG_STEP = Math.log(6.4) / 27;
const toMel = (hz) => (hz < 1000 ? (hz * 3) / 200 : 15 + Math.log(hz / 1000) / LOG_STEP);
const toHz = (mel) => (mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp((mel - 15) * LOG_STEP));
const LEAST_SHARE = 1 / 32;
const STEPS_HZ = {
  linear: [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000],
  mel: [100, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000],
};

export class FrequencyView {
  // rate: sampling rate in Hz; changed: called when other frequencies come into view
  constructor(rate, changed) {
    Object.assign(this, { rate, changed, scale: "mel", low: 0, high: rate / 2 });
  }

  warp(hz) {
    return this.scale === "linear" ? hz : toMel(hz);
  }

  unwarp(place) {
    return this.scale === "linear" ? place : toHz(place);
  }

  // 0 at the bottom of the picture and 1 at its top.
  share(hz) {
    return this.#share(this.warp(hz));
  }

  hzAt(share) {
    const [low, high] = [this.warp(this.low), this.warp(this.high)];
    return Math.max(0, this.unwarp(low + share * (high - low)));
  }

  #share(place) {
    const [low, high] = [this.warp(this.low), this.warp(this.high)];
    return (place - low) / (high - low);
  }

  // Where a tile of so many bands has its lower and upper edge: the server lays its bands out from 0 Hz to half the rate.
  edges(bands, rate) {
    const whole = this.warp(rate / 2);
    if (this.scale === "linear") return [-0.5, bands - 0.5].map((band) => this.#share((whole * band) / (bands - 1)));
    return [0.5, bands + 0.5].map((band) => this.#share((whole * band) / (bands + 1)));
  }

  // Share of all frequencies that is seen.
  get seen() {
    return (this.warp(this.high) - this.warp(this.low)) / this.warp(this.rate / 2);
  }

  setScale(scale) {
    this.scale = scale;
    this.changed();
  }

  set(low, high) {
    const whole = this.warp(this.rate / 2);
    const span = Math.max(LEAST_SHARE * whole, Math.min(whole, high - low));
    const start = Math.max(0, Math.min(whole - span, low));
    Object.assign(this, { low: this.unwarp(start), high: start + span >= whole ? this.rate / 2 : this.unwarp(start + span) });
    this.changed();
  }

  zoom(factor, around = 0.5) {
    const [low, high] = [this.warp(this.low), this.warp(this.high)];
    const middle = low + around * (high - low);
    this.set(middle - (middle - low) * factor, middle + (high - middle) * factor);
  }

  move(share) {
    const [low, high] = [this.warp(this.low), this.warp(this.high)];
    this.set(low + share * (high - low), high + share * (high - low));
  }

  whole() {
    this.set(0, this.warp(this.rate / 2));
  }

  // Frequencies to write beside a picture of a height in pixels.
  ticks(height) {
    const shown = STEPS_HZ.mel.filter((hz) => hz >= this.low && hz <= this.high);
    if (this.scale === "mel" && shown.length > 3) return shown;
    const step = STEPS_HZ.linear.find((hz) => (this.high - this.low) / hz <= height / 32) ?? 50000;
    const first = Math.ceil(this.low / step);
    return Array.from({ length: Math.floor(this.high / step) - first + 1 }, (_, k) => (first + k) * step);
  }
}

export const hzText = (hz) => (hz >= 1000 ? `${+(hz / 1000).toFixed(hz >= 9950 ? 1 : 2)} kHz` : `${Math.round(hz)} Hz`);
