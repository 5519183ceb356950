// Band-limited listening: two high-pass and two low-pass biquads, 24 dB an octave on either side, and a gain.
export class Filters {
  constructor(context) {
    const make = (type) => new BiquadFilterNode(context, { type, Q: Math.SQRT1_2 });
    this.high = [make("highpass"), make("highpass")];
    this.low = [make("lowpass"), make("lowpass")];
    this.input = new GainNode(context);
    this.output = new GainNode(context);
    this.nyquist = context.sampleRate / 2;
    this.setBand(null);
  }

  setBand(band) {
    this.input.disconnect();
    [...this.high, ...this.low].forEach((node) => node.disconnect());
    let last = this.input;
    if (band) {
      const at = (hz) => Math.max(10, Math.min(this.nyquist - 1, hz));
      this.high.forEach((node) => (node.frequency.value = at(band.low)));
      this.low.forEach((node) => (node.frequency.value = at(band.high)));
      for (const node of [...this.high, ...this.low]) last = last.connect(node);
    }
    last.connect(this.output);
  }

  setGain(db) {
    this.output.gain.value = 10 ** (db / 20);
  }
}
