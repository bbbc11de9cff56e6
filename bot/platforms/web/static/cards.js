/* What a card can do in the browser: sort and search tables, open dialogs and give the focus back, copy. */
"use strict";
(function () {
  let pressed = null;

  const number = function (text) {
    const found = text.replace(/[,\s]/g, "").match(/-?\d+(\.\d+)?(e[+-]?\d+)?/i);
    return found ? Number(found[0]) : -Infinity;
  };

  const sort = function (button) {
    const head = button.closest("th");
    const table = head.closest("table");
    const down = head.getAttribute("aria-sort") === "ascending";
    const numeric = head.hasAttribute("data-numeric");
    const text = function (row) { return row.cells[head.cellIndex] ? row.cells[head.cellIndex].textContent.trim() : ""; };
    const compare = function (a, b) {
      return numeric ? number(text(a)) - number(text(b)) : text(a).localeCompare(text(b), undefined, { numeric: true });
    };
    const rows = Array.from(table.tBodies[0].rows).sort(function (a, b) { return down ? compare(b, a) : compare(a, b); });
    head.parentElement.querySelectorAll("th").forEach(function (other) { other.setAttribute("aria-sort", "none"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...rows);
    const box = table.closest(".tablebox");
    if (box) rows.forEach(function (row, at) { row.hidden = at >= Number(box.dataset.shown); });
  };

  const filter = function (input) {
    const dialog = input.closest("dialog");
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    const rows = dialog.querySelectorAll("[data-slot] tbody tr");
    rows.forEach(function (row) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(function (word) { return text.includes(word); });
      if (!row.hidden) found += 1;
    });
    dialog.querySelector("[data-found]").textContent = found + " of " + rows.length + " rows";
  };

  /* Where the focus goes when a dialog closes: to what opened it, or to what opened the dialog that stood before. */
  const ways = function (opener) {
    if (!opener) return [];
    const around = opener.closest("dialog");
    return [{ element: opener, id: opener.id }].concat(around && around.escherWays ? around.escherWays : []);
  };

  const giveBack = function (list) {
    for (const way of list) {
      const element = way.element.isConnected ? way.element : way.id ? document.getElementById(way.id) : null;
      if (element && !element.disabled) { element.focus(); return; }
    }
    const fallback = document.getElementById("text") || document.getElementById("main");
    if (fallback) fallback.focus();
  };

  const open = function (dialog, opener) {
    dialog.escherWays = ways(opener);
    const place = opener ? opener.closest("[hx-vals]:not(button)") : null;
    if (place) dialog.setAttribute("hx-vals", place.getAttribute("hx-vals"));
    dialog.addEventListener("close", function () {
      dialog.remove();
      giveBack(dialog.escherWays);
    });
    dialog.querySelectorAll("form").forEach(atLeastOne);
    dialog.showModal();
  };

  const openTemplate = function (button) {
    const template = button.parentElement.querySelector(":scope > template") && button.nextElementSibling && button.nextElementSibling.matches("template")
      ? button.nextElementSibling
      : button.closest(".tablebox").querySelector(":scope > template");
    const dialog = template.content.firstElementChild.cloneNode(true);
    document.getElementById("modals").append(dialog);
    htmx.process(dialog);
    open(dialog, button);
    return dialog;
  };

  const showAll = function (button) {
    const table = button.closest(".tablebox").querySelector("table").cloneNode(true);
    const dialog = openTemplate(button);
    const box = document.createElement("div");
    box.className = "scroll";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", table.caption.textContent);
    box.append(table);
    dialog.querySelector("[data-slot]").append(box);
    filter(dialog.querySelector("[data-filter]"));
  };

  /* A dialog's card was replaced: the focus goes to the same button of the new card, else to its title, and the title is read out. */
  const renewed = function (inside) {
    const dialog = inside.closest("dialog");
    const card = inside.querySelector(".card");
    const title = card.querySelector("h2");
    const same = Array.from(inside.querySelectorAll("button[hx-post], [type=submit]")).find(function (button) {
      return pressed && button.textContent === pressed.textContent && !button.disabled;
    });
    dialog.dataset.kind = card.dataset.kind;
    dialog.scrollTop = 0;
    inside.querySelectorAll("form").forEach(atLeastOne);
    title.tabIndex = -1;
    (same || title).focus();
    const first = card.querySelector(".text");
    dialog.querySelector("[data-told]").textContent = title.textContent + (first ? ". " + first.textContent : "");
  };

  const copy = async function (button) {
    const code = button.closest("figure").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(function () { button.textContent = "Copy"; }, 2500);
  };

  const atLeastOne = function (form) {
    form.querySelectorAll("[data-at-least-one]").forEach(function (set) {
      const boxes = set.querySelectorAll("input");
      const any = Array.from(boxes).some(function (box) { return box.checked; });
      if (boxes[0]) boxes[0].setCustomValidity(any ? "" : "Choose at least one.");
    });
  };

  document.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (button) pressed = button;
    if (button && button.matches("[data-sort]")) sort(button);
    else if (button && button.matches("[data-show-all]")) showAll(button);
    else if (button && button.matches("[data-form]")) openTemplate(button);
    else if (button && button.matches("[data-copy]")) copy(button);
    else if (button && button.matches("[data-close]")) button.closest("dialog").close();
    else if (event.target.matches("dialog.wide")) event.target.close();
  });
  document.addEventListener("input", function (event) { if (event.target.matches("[data-filter]")) filter(event.target); });
  document.addEventListener("change", function (event) { if (event.target.closest("dialog form")) atLeastOne(event.target.form); });

  document.addEventListener("DOMContentLoaded", function () {
    htmx.onLoad(function (element) {
      if (element.matches && element.matches("dialog.fresh")) {
        element.classList.remove("fresh");
        open(element, pressed);
      }
    });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target && event.detail.target.matches("[data-inside]")) renewed(event.detail.target);
  });

  /* A form's dialog closes when its answer is not a refusal; what was typed stays otherwise. A card in a dialog answers in its place, and
     closes when there is nothing to answer. */
  document.addEventListener("htmx:afterRequest", function (event) {
    const form = event.target;
    const sender = event.detail.elt;
    if (sender.matches("button") && document.activeElement === document.body && sender.isConnected) sender.focus();
    const inside = sender.closest("[data-inside]");
    if (inside && event.detail.xhr.status === 204) inside.closest("dialog").close();
    if (inside || !form.matches("dialog form") || !event.detail.successful) return;
    const last = document.getElementById("modals").lastElementChild;
    const refused = event.detail.xhr.status === 200 && last && /refusal|error/.test(last.dataset.kind || "");
    if (!refused) form.closest("dialog").close();
  });
})();
