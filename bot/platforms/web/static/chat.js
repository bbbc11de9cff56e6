/* The live part: the stream of events, the composer and its drafts, what is read out, the menu. */
"use strict";
(function () {
  const by = function (id) { return document.getElementById(id); };
  const said = new Map();
  let stick = true;
  let own = false; // our own message is on its way: follow it
  let away = 0;

  /* ---- the stream ---- */

  const linkState = function (words) { const place = by("link-state"); if (place && place.textContent !== words) place.textContent = words; };

  htmx.createEventSource = function (url) {
    return new EventSource(url + "&last=" + encodeURIComponent(by("live").dataset.mark));
  };

  /* Draws everything anew from the server, around the composer and its draft. */
  const refresh = function () {
    if (by("feed")) htmx.ajax("GET", location.href, { target: "#feed", select: "#feed", swap: "outerHTML" }).then(toEnd);
    else htmx.trigger(document.body, "escher:changed");
  };

  document.addEventListener("htmx:sseOpen", function () { linkState("Live"); });
  document.addEventListener("htmx:sseError", function (event) {
    linkState("Reconnecting…");
    const source = event.detail.source;
    if (!source || source.readyState !== EventSource.CLOSED) return;
    fetch("/status", { headers: { "HX-Request": "true" } }).then(function (answer) {
      if (answer.status === 401) linkState("Signed out: open a new sign-in link. Your draft is kept.");
    }, function () { /* not back yet */ });
  });
  document.addEventListener("htmx:sseBeforeMessage", function (event) {
    const message = event.detail;
    const live = by("live");
    if (live) live.dataset.mark = message.lastEventId;
    const scroller = by("scroller");
    stick = own || !scroller || scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
    htmx.trigger(document.body, "escher:stir");
    if (message.type === "chat") return;
    event.preventDefault();
    if (message.type === "refresh") refresh();
  });
  document.addEventListener("htmx:sseMessage", function () { if (stick) settle(); own = false; });

  /* A hidden tab gives its connection back after a while: browsers allow six for one address. */
  let source = null;
  document.addEventListener("htmx:sseOpen", function (event) { source = event.detail.source; });
  document.addEventListener("visibilitychange", function () {
    clearTimeout(away);
    if (document.hidden && source) {
      away = setTimeout(function () { source.close(); source = null; linkState("Paused"); }, 60000);
    } else if (!document.hidden && !source && by("live")) {
      const live = by("live");
      const again = live.cloneNode(true);
      live.replaceWith(again);
      htmx.process(again);
    }
  });

  /* ---- the feed ---- */

  const toEnd = function () { const scroller = by("scroller"); if (scroller) scroller.scrollTop = scroller.scrollHeight; };

  /* After an arrival at the end: the newest entry from its top, if it is too tall to be seen whole. */
  const settle = function () {
    const scroller = by("scroller");
    if (!scroller) return;
    const last = scroller.querySelector(".thread:last-child .entry:last-child");
    if (last && last.offsetHeight > scroller.clientHeight - 40) last.scrollIntoView({ block: "start" });
    else toEnd();
  };

  const localTimes = function (root) {
    root.querySelectorAll("time[datetime]").forEach(function (time) {
      const at = new Date(time.dateTime);
      time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      time.title = at.toLocaleString();
    });
  };

  const tell = function (entry) {
    const words = entry.dataset.say;
    if (said.get(entry.id) === words) return;
    const isNew = !said.has(entry.id);
    said.set(entry.id, words);
    by("announce").textContent = words;
    if (isNew && !stick) reveal(entry);
  };

  /* A new entry out of sight is announced by a button that leads to it. */
  const reveal = function (entry) {
    const scroller = by("scroller");
    const below = by("below");
    requestAnimationFrame(function () {
      if (!scroller || !entry.isConnected) return;
      const box = entry.getBoundingClientRect();
      const frame = scroller.getBoundingClientRect();
      if (box.top < frame.bottom && box.bottom > frame.top) return;
      below.textContent = box.top >= frame.bottom ? "New messages ↓" : "New reply ↑";
      below.hidden = false;
      below.onclick = function () { below.hidden = true; entry.scrollIntoView({ block: "center" }); };
    });
  };

  const arrived = function (root) {
    if (!root.querySelectorAll) return;
    localTimes(root);
    const welcome = by("welcome");
    if (welcome && document.querySelector(".thread")) welcome.remove();
    if (root.matches(".entry")) tell(root);
    root.querySelectorAll(".entry").forEach(tell);
  };

  if (by("scroller")) by("scroller").addEventListener("scroll", function () {
    const scroller = by("scroller");
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60) by("below").hidden = true;
  }, { passive: true });

  /* ---- the composer ---- */

  const form = by("composer");
  const text = by("text");
  const draftKey = function () { return "draft:" + form.elements.channel.value + ":" + form.elements.thread.value; };
  const keep = function (key, value) {
    try { if (value) sessionStorage.setItem(key, value); else sessionStorage.removeItem(key); } catch { /* private mode: the page keeps it */ }
  };
  const kept = function (key) { try { return sessionStorage.getItem(key) || ""; } catch { return ""; } };
  const freshKey = function () { return Array.from(crypto.getRandomValues(new Uint32Array(4)), function (n) { return n.toString(36); }).join("-"); };

  const replyTo = function (thread) {
    keep(draftKey(), text.value);
    form.elements.thread.value = thread ? thread.dataset.thread : "";
    by("replying").hidden = !thread;
    by("replying-to").textContent = thread ? "“" + thread.querySelector(".entry").dataset.say.slice(0, 80) + "”" : "";
    document.querySelectorAll(".thread.answering").forEach(function (other) { other.classList.remove("answering"); });
    if (thread) thread.classList.add("answering");
    text.value = kept(draftKey());
    text.focus();
  };

  if (form) {
    let sent = "";
    text.value = kept(draftKey());
    form.elements.once.value = freshKey();
    const edited = function () { keep(draftKey(), text.value); form.elements.once.value = freshKey(); };
    text.addEventListener("input", edited);
    text.addEventListener("escher:completed", edited);
    text.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("htmx:beforeRequest", function (event) {
      if (!text.value.trim()) { event.preventDefault(); return; }
      sent = text.value;
      by("problem").textContent = "";
      own = true;
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      if (!event.detail.successful) return;
      if (text.value === sent) { text.value = ""; keep(draftKey(), ""); }
      form.elements.once.value = freshKey();
      text.focus();
    });
    document.addEventListener("click", function (event) {
      const reply = event.target.closest("[data-reply]");
      if (reply) replyTo(reply.closest(".thread"));
      if (event.target.closest("[data-new-thread]")) replyTo(null);
      const example = event.target.closest("[data-example]");
      if (example) { text.value = example.textContent; keep(draftKey(), text.value); text.focus(); }
    });
  }

  /* ---- the standing in the navigation: its details stay open when it is drawn anew ---- */

  let opened = false;
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target?.id === "status") opened = Boolean(event.detail.target.querySelector("details[open]"));
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    const details = event.detail.target?.id === "status" && event.detail.target.querySelector("details");
    if (details) details.open = opened;
  });

  /* ---- what went wrong ---- */

  let fading = 0;
  const problem = function (source, words) {
    const place = (source.closest("form") || source.closest("dialog") || document).querySelector(".problem") || by("toast");
    place.textContent = words;
    if (place !== by("toast")) return;
    clearTimeout(fading);
    fading = setTimeout(function () { place.textContent = ""; }, 10000);
  };
  document.addEventListener("htmx:responseError", function (event) { problem(event.detail.elt, event.detail.xhr.responseText); });
  document.addEventListener("htmx:sendError", function (event) {
    if (event.detail.elt.id === "status") return;
    problem(event.detail.elt, "Escher cannot be reached just now. Nothing was lost: what you wrote is still here, send it again in a moment.");
  });

  /* ---- keys and the menu ---- */

  const menu = function (opens) {
    document.body.classList.toggle("menu-open", opens);
    const button = document.querySelector(".bar [data-menu]");
    button.setAttribute("aria-expanded", String(opens));
    if (opens) document.querySelector(".side a").focus(); else button.focus();
  };
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-menu]")) menu(!document.body.classList.contains("menu-open"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && document.body.classList.contains("menu-open")) menu(false);
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    const place = text || document.querySelector("[data-slash]");
    if (place) { event.preventDefault(); place.focus(); }
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".entry").forEach(function (entry) { said.set(entry.id, entry.dataset.say); });
    htmx.onLoad(arrived);
    toEnd();
  });
})();
