// What every page has: light and dark, the help dialog, messages, and keys that lead from page to page. On a wall there
// are no buttons.
import { bind, describe } from "./keys.js";
import { toast } from "./toast.js";

const root = document.documentElement;
document.getElementById("theme")?.addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("offkey-theme", root.dataset.theme);
  dispatchEvent(new Event("offkey-theme"));
});

const help = document.getElementById("help");
function openHelp() {
  const rows = describe().flatMap(([key, text]) => {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    return [term, Object.assign(document.createElement("dd"), { textContent: text })];
  });
  document.getElementById("help-keys").replaceChildren(...rows);
  help.showModal();
}
document.getElementById("help-open")?.addEventListener("click", openHelp);
bind("?", "this list", openHelp);

document.querySelectorAll(".top nav a").forEach((link, at) => bind(String(at + 1), link.textContent.trim(), () => link.click()));

// Menus close when something else is clicked, or by Escape.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", ({ target }) => openMenus().forEach((menu) => menu.contains(target) || (menu.open = false)));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("htmx:responseError", (event) => toast(event.detail.xhr.responseText || "That did not work."));
document.addEventListener("htmx:sendError", () => toast("The program does not answer: is it still running?"));
