// Plays two clips locked in time: both are decoded whole and started together, so that switching has no gap.
import { Filters } from "./filters.js";

const FADE_S = 0.008;

export class PairPlayer {
  constructor(clips, heardSeconds, ended) {
    Object.assign(this, { clips, heardSeconds, ended, heard: 0, speed: 1, gain: 0, offset: 0, nodes: null });
  }

  get playing() {
    return this.nodes !== null;
  }

  get at() {
    if (!this.nodes) return this.offset;
    return Math.min(this.seconds, this.offset + (this.context.currentTime - this.began) * this.speed);
  }

  async #load() {
    if (this.buffers) return;
    this.context = new AudioContext();
    this.filters = new Filters(this.context);
    this.filters.output.connect(this.context.destination);
    this.filters.setGain(this.gain);
    this.buffers = await Promise.all(this.clips.map(async ({ clip, channel }) => {
      const answer = await fetch(`/clips/${clip}/audio.wav?channel=${encodeURIComponent(channel)}&end=${this.heardSeconds}`);
      if (!answer.ok) throw new Error(await answer.text());
      return this.context.decodeAudioData(await answer.arrayBuffer());
    }));
    this.seconds = Math.max(...this.buffers.map((buffer) => buffer.duration));
  }

  async play() {
    await this.#load();
    await this.context.resume();
    if (this.offset >= this.seconds - 0.02) this.offset = 0;
    this.began = this.context.currentTime + 0.02;
    this.nodes = this.buffers.map((buffer, at) => {
      const source = new AudioBufferSourceNode(this.context, { buffer, playbackRate: this.speed });
      const level = new GainNode(this.context, { gain: at === this.heard ? 1 : 0 });
      source.connect(level).connect(this.filters.input);
      source.start(this.began, Math.min(this.offset, buffer.duration));
      return { source, level };
    });
    const longest = this.buffers.findIndex((buffer) => buffer.duration === this.seconds);
    this.nodes[longest].source.onended = () => { this.#stop(this.seconds); this.ended(); };
  }

  pause() {
    this.#stop(this.at);
  }

  #stop(offset) {
    for (const { source, level } of this.nodes ?? []) {
      source.onended = null;
      source.stop();
      level.disconnect();
    }
    this.nodes = null;
    this.offset = Math.max(0, offset);
  }

  async seek(s) {
    const playing = this.playing;
    this.#stop(s);
    if (this.seconds) this.offset = Math.min(this.offset, this.seconds);
    if (playing) await this.play();
  }

  hear(which) {
    this.heard = which;
    this.nodes?.forEach(({ level }, at) => level.gain.setTargetAtTime(at === which ? 1 : 0, this.context.currentTime, FADE_S));
  }

  setSpeed(speed) {
    if (this.playing) {
      this.offset = this.at;
      this.began = this.context.currentTime;
      this.nodes.forEach(({ source }) => (source.playbackRate.value = speed));
    }
    this.speed = speed;
  }

  setGain(db) {
    this.gain = db;
    this.filters?.setGain(db);
  }
}
