// The waveform below a spectrogram: least and greatest sample of each column, from the server.
export class Waveform {
  constructor(canvas, clip, view) {
    Object.assign(this, { canvas, clip, view, channel: "", data: null });
    addEventListener("offkey-theme", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  // Lie below the spectrogram, within its axes.
  fit({ x, w }) {
    const { style } = this.canvas;
    if (style.width !== `${w}px`) Object.assign(style, { width: `${w}px`, marginLeft: `${x}px` });
  }

  update(channel) {
    this.channel = channel;
    clearTimeout(this.timer);
    this.draw();
    this.timer = setTimeout(() => this.#fetch(), 120);
  }

  async #fetch() {
    const { start, end } = this.view;
    const asked = new URLSearchParams({ start, end, channel: this.channel });
    const answer = await fetch(`/clips/${this.clip}/waveform.json?${asked}`);
    if (!answer.ok || start !== this.view.start || end !== this.view.end) return;
    this.data = await answer.json();
    this.draw();
  }

  draw() {
    const { canvas, data, view } = this;
    const ratio = devicePixelRatio || 1;
    Object.assign(canvas, { width: canvas.clientWidth * ratio, height: canvas.clientHeight * ratio });
    if (!data) return;
    const context = canvas.getContext("2d");
    const peak = Math.max(1e-4, ...data.high, ...data.low.map((v) => -v));
    const middle = canvas.height / 2;
    const scale = (middle * 0.95) / peak;
    const perSecond = canvas.width / (view.end - view.start);
    const left = (data.start_s - view.start) * perSecond;
    const step = ((data.end_s - data.start_s) * perSecond) / data.low.length;
    context.fillStyle = getComputedStyle(canvas).getPropertyValue("--accent");
    data.low.forEach((low, i) => {
      const top = middle - data.high[i] * scale;
      context.fillRect(left + i * step, top, Math.max(step, 1), Math.max(ratio, (data.high[i] - low) * scale));
    });
  }
}
