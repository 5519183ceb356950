// Sets light or dark before anything is drawn: the choice that was kept, else that of the system.
(() => {
  const kept = localStorage.getItem("offkey-theme");
  const dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
