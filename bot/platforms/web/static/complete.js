/* Resource names while they are typed: a list below a field or above the composer. The list never takes the focus, and Enter sends as long as
   nothing in it was chosen with the arrow keys. A text field is an ARIA combobox; a message of several lines stays a text box, which may not
   say that it is expanded: the number of names is read out instead. */
"use strict";
(function () {
  const PAUSE = 120;
  const SHORTEST = 2;
  const MOST = 8;
  const TALL = 56; // pixels of an entry on two lines
  const WORD = /[^\s,;()?!"“”`]+$/;
  const REST = /^[^\s,;()?!"“”`]*/;
  let field = null; // the one being typed into
  let list = null;
  let chosen = -1;
  let waiting = 0;
  let asked = null; // the request under way
  let told = 0;

  const inMessage = function () { return field.dataset.complete === "message"; };

  /* The word at the caret: in a message the run of letters it stands in, in a field all of it. */
  const word = function () {
    if (!inMessage()) return { start: 0, end: field.value.length, text: field.value.trim() };
    const at = field.selectionStart;
    if (at !== field.selectionEnd) return { start: at, end: at, text: "" };
    const before = WORD.exec(field.value.slice(0, at));
    const start = before ? at - before[0].length : at;
    const end = at + REST.exec(field.value.slice(at))[0].length;
    return { start: start, end: end, text: field.value.slice(start, at) };
  };

  const say = function (words) {
    clearTimeout(told);
    const place = document.getElementById("announce");
    if (place) told = setTimeout(function () { place.textContent = words; }, 400);
  };

  const close = function () {
    clearTimeout(waiting);
    if (asked) asked.abort();
    asked = null;
    chosen = -1;
    if (list) list.remove();
    list = null;
    if (!field) return;
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
    if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", "false");
  };

  const choose = function (index) {
    const options = list.children;
    chosen = (index + options.length) % options.length;
    for (const option of options) option.setAttribute("aria-selected", String(option === options[chosen]));
    field.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = function (option) {
    const at = word();
    const says = option.dataset.says;
    const written = inMessage() && /[\s,;()?!]/.test(says) ? '"' + says + '"' : says;
    const after = field.value.slice(at.end);
    const gap = inMessage() && !/^[\s,;.?!)]/.test(after) ? " " : "";
    field.value = field.value.slice(0, at.start) + written + gap + after;
    const caret = at.start + written.length + gap.length;
    field.setSelectionRange(caret, caret);
    say(option.dataset.name + " taken");
    const taken = field;
    close();
    taken.dispatchEvent(new CustomEvent("escher:completed", { bubbles: true }));
    taken.focus();
  };

  const item = function (one, index) {
    const option = document.createElement("li");
    option.id = "completion-" + index;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.says = one.says;
    option.dataset.name = one.name;
    const name = document.createElement("bdi");
    name.textContent = one.name;
    const detail = document.createElement("small");
    detail.textContent = one.detail;
    option.append(name, " ", detail);
    return option;
  };

  /* As many as fit without scrolling: a list that scrolls could not be reached by keys without taking the focus. */
  const fitting = function (found) { return found.slice(0, Math.max(2, Math.min(MOST, Math.floor(innerHeight * 0.5 / TALL)))); };

  const show = function (all) {
    const found = fitting(all);
    close();
    if (!found.length || document.activeElement !== field) return;
    list = document.createElement("ul");
    list.id = "completions";
    list.className = "completions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Resource names");
    list.append(...found.map(item));
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    (inMessage() ? field.closest(".box") : field.closest(".field")).append(list);
    field.setAttribute("aria-controls", list.id);
    if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", "true");
    say(found.length === 1 ? "1 resource name, arrow down to choose it" : found.length + " resource names, arrow down to choose");
  };

  const ask = function () {
    const at = word();
    if (at.text.length < SHORTEST) { close(); return; }
    if (asked) asked.abort();
    const own = asked = new AbortController();
    const place = "/complete?in=" + field.dataset.complete + "&word=" + encodeURIComponent(at.text);
    fetch(place, { headers: { "HX-Request": "true" }, signal: own.signal }).then(function (answer) {
      return answer.ok ? answer.json() : [];
    }).then(function (found) {
      if (own === asked && field && word().text === at.text) show(found);
    }, function () { /* typed on, or away: the list is a help and no more */ });
  };

  document.addEventListener("input", function (event) {
    if (!event.target.matches("[data-complete]")) return;
    if (field !== event.target) close();
    field = event.target;
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  document.addEventListener("focusout", function (event) {
    if (event.target === field) close();
  });
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (field && event.detail.elt.contains(field)) close();
  });
  /* Before the page's own keys: an open list has the arrows, and Enter once something is chosen. */
  document.addEventListener("keydown", function (event) {
    if (!list || event.target !== field || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
