// A button that is clicked before its script has run is clicked once it has: a page is seen before its scripts have come.
(() => {
  const clicked = new Set(); // each once: who sees nothing happen clicks again
  function keep(event) {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    event.stopImmediatePropagation();
    clicked.add(button);
  }
  document.addEventListener("click", keep, true);
  // all scripts have run by then, but htmx, which begins with the same event
  addEventListener("DOMContentLoaded", () => {
    setTimeout(() => {
      document.removeEventListener("click", keep, true);
      clicked.forEach((button) => button.click());
    });
  });
})();
