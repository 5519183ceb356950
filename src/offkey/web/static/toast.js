// A short message at the foot of the page, also read out.
let timer;

export function toast(text, ms = 4000) {
  const place = document.getElementById("toast");
  place.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => (place.textContent = ""), ms);
}
