// Names of clips offered while one is typed: every input with `data-complete` has a list beside it.
const WAIT_MS = 150;

for (const input of document.querySelectorAll("input[data-complete]")) {
  let timer;
  const offer = async () => {
    const answer = await fetch(`/pairs/names.json?${new URLSearchParams({ q: input.value })}`);
    if (!answer.ok) return;
    input.list.replaceChildren(...(await answer.json()).map((value) => Object.assign(document.createElement("option"), { value })));
  };
  input.addEventListener("focus", offer, { once: true });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, WAIT_MS);
  });
}
