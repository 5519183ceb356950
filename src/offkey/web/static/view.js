// The stretch of time that is seen: zoomed and moved within the whole.
const LEAST_S = 0.05;

export class View {
  constructor(seconds, changed) {
    Object.assign(this, { seconds, changed, start: 0, end: seconds });
  }

  get span() {
    return this.end - this.start;
  }

  set(start, end) {
    const span = Math.max(Math.min(LEAST_S, this.seconds), Math.min(this.seconds, end - start));
    this.start = Math.max(0, Math.min(this.seconds - span, start));
    this.end = this.start + span;
    this.changed();
  }

  zoom(factor, around = (this.start + this.end) / 2) {
    this.set(around - (around - this.start) * factor, around + (this.end - around) * factor);
  }

  move(s) {
    this.set(this.start + s, this.end + s);
  }

  whole() {
    this.set(0, this.seconds);
  }

  // Turn the page when what is played leaves it.
  follow(s) {
    if (this.span < this.seconds && (s > this.end || s < this.start)) this.set(s, s + this.span);
  }
}

export function timeText(s, step = 1) {
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  return s >= 60 ? `${Math.floor(s / 60)}:${(s % 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}` : s.toFixed(digits);
}

// A moment to a hundredth of a second: 9.50 s, 45:41.12.
export function clock(s) {
  return s < 60 ? `${s.toFixed(2)} s` : `${Math.floor(s / 60)}:${(s % 60).toFixed(2).padStart(5, "0")}`;
}
