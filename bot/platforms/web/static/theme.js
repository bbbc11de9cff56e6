/* Sets the theme before the first paint, and cycles it: auto, light, dark. */
"use strict";
(function () {
  const root = document.documentElement;
  const words = ["auto", "light", "dark"];
  const stored = function () {
    try { return localStorage.getItem("escher-theme") || "auto"; } catch { return "auto"; }
  };
  const apply = function (word) {
    root.dataset.theme = word;
    document.querySelectorAll("[data-theme-word]").forEach(function (place) { place.textContent = word; });
  };
  apply(stored());
  document.addEventListener("DOMContentLoaded", function () { apply(stored()); });
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const word = words[(words.indexOf(stored()) + 1) % words.length];
    try { localStorage.setItem("escher-theme", word); } catch { /* private mode: it lasts for this page */ }
    apply(word);
  });
})();
