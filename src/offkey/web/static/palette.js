// Colours of levels: stops become 256 colours; differences go from blue over the ground to red.
function mix(stops) {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const k = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) colours[3 * i + c] = stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]);
  }
  return colours;
}

export function fromStops(text) {
  return mix(text.trim().split(/\s+/).map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16))));
}

export const DIVERGING = mix([[110, 190, 255], [38, 98, 190], [17, 20, 34], [186, 52, 48], [255, 170, 140]]);
