// From the height in a spectrogram to Hz and back, as the server lays its bands out (Slaney's mel scale, or linear).
const LOG_STEP = Math.log(6.4) / 27;
const toMel = (hz) => (hz < 1000 ? (hz * 3) / 200 : 15 + Math.log(hz / 1000) / LOG_STEP);
const toHz = (mel) => (mel < 15 ? (mel * 200) / 3 : 1000 * Math.exp((mel - 15) * LOG_STEP));

export const BANDS = 160;

// `share` is 0 at the bottom of the picture and 1 at the top.
export function hzAt(share, rate, scale) {
  const band = share * BANDS - 0.5;
  if (scale === "linear") return Math.max(0, (band / (BANDS - 1)) * (rate / 2));
  return Math.max(0, toHz(((band + 1) / (BANDS + 1)) * toMel(rate / 2)));
}

export function shareAt(hz, rate, scale) {
  if (scale === "linear") return ((hz / (rate / 2)) * (BANDS - 1) + 0.5) / BANDS;
  return ((toMel(hz) / toMel(rate / 2)) * (BANDS + 1) - 0.5) / BANDS;
}

export function ticks(rate, scale) {
  const all = scale === "linear" ? [1000, 2000, 4000, 6000, 8000, 10000, 15000, 20000, 30000, 40000] : [100, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000];
  return all.filter((hz) => hz < (rate / 2) * 0.97);
}

export const hzText = (hz) => (hz >= 1000 ? `${+(hz / 1000).toFixed(hz >= 9950 ? 0 : 2)} kHz` : `${Math.round(hz)} Hz`);
