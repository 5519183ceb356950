// Records a clip with the microphone of this device, unchanged by filters for speech, as a WAV file.
const MOST_S = 30;

export const cannotRecord = () => (navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode ? "" : "This browser records over https, or on the monitor's own computer, only.");

function wav(pieces, rate) {
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * count));
  const write = (at, text) => [...text].forEach((letter, k) => view.setUint8(at + k, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 2 * count, true);
  let at = 44;
  for (const piece of pieces) for (const value of piece) {
    view.setInt16(at, Math.round(32767 * Math.max(-1, Math.min(1, value))), true);
    at += 2;
  }
  return new Blob([view], { type: "audio/wav" });
}

// Begin to record; `heard` gets seconds and the peak of what came last. Returns a function that stops and gives the clip.
export async function record(worklet, heard, full) {
  const sound = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: sound });
  const context = new AudioContext();
  await context.audioWorklet.addModule(worklet);
  const node = new AudioWorkletNode(context, "recorder");
  const pieces = [];
  let count = 0;
  node.port.onmessage = ({ data }) => {
    if (count >= MOST_S * context.sampleRate) return;
    pieces.push(data);
    count += data.length;
    heard(count / context.sampleRate, data.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0));
    if (count >= MOST_S * context.sampleRate) full();
  };
  context.createMediaStreamSource(stream).connect(node).connect(context.destination); // which stays silent
  return async () => {
    node.port.onmessage = null;
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    return wav(pieces, context.sampleRate);
  };
}
