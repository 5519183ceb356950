// A short message at the foot of the page, also read out, with a button where something can be done about it.
let timer;

// action: {text, act} of the button
export function toast(text, ms = 4000, action = null) {
  const place = document.getElementById("toast");
  place.textContent = text;
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.text });
    button.addEventListener("click", action.act);
    place.append(" ", button);
  }
  clearTimeout(timer);
  timer = setTimeout(() => (place.textContent = ""), ms);
}
