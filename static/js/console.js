/* The console's one script: keys, copying, countdowns, dialogs, theme, and a refresh that disturbs nobody.
   Everything here is a convenience: each page does its work without it. */
(function () {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  function stored(key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch (error) {
      /* storage refused: the choice lasts for this page */
    }
    return value === undefined ? null : value;
  }

  /* theme */

  function showTheme(choice) {
    document.documentElement.dataset.theme = choice;
    $$("[data-theme-choice]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice)));
  }

  /* messages */

  function failed(text) {
    const box = $("#messages");
    const shape = box && $("template", box);
    if (!shape || $$("[data-text]", box).some((one) => one.textContent === text)) return;
    const item = shape.content.cloneNode(true);
    $("[data-text]", item).textContent = text;
    box.append(item);
  }

  /* good news leaves by itself; bad news waits to be read */
  function fadeNews() {
    $$("#messages > .alert-ok:not([data-fading], :has(form))").forEach((item) => {
      item.dataset.fading = "";
      setTimeout(() => item.remove(), 7000);
    });
  }

  /* copying */

  async function copy(button) {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch (error) {
      copyByHand(button.dataset.copy, button);
    }
    const before = button.getAttribute("aria-label");
    button.classList.add("is-copied");
    button.setAttribute("aria-label", button.dataset.copied);
    setTimeout(() => {
      button.classList.remove("is-copied");
      button.setAttribute("aria-label", before);
    }, 1600);
  }

  /* plain http has no clipboard API */
  function copyByHand(text, button) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    (button.closest("dialog") || document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }

  /* dialogs */

  function openDialog(id, opener) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.addEventListener("close", () => opener && opener.isConnected && opener.focus(), { once: true });
  }

  /* one listener for every click that means something */

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const on = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = on("[data-copy]"))) copy(hit);
    else if ((hit = on("[data-dialog]"))) {
      event.preventDefault(); /* the link beside it is for those without scripts */
      openDialog(hit.dataset.dialog, hit);
    } else if ((hit = on("[data-theme-choice]"))) {
      stored("theme", hit.dataset.themeChoice);
      showTheme(hit.dataset.themeChoice);
    } else if ((hit = on("[data-remove]"))) hit.closest(hit.dataset.remove)?.remove();
    else if ((hit = on("[data-fill]"))) fill(hit);
    else if ((hit = on("[data-pause]"))) pause(hit);
    else if ((hit = on("tr[data-row-link]"))) followRow(hit, event);
    else if (event.target.matches("dialog[open]")) event.target.close(); /* the backdrop */
  });

  function fill(button) {
    const field = $(button.dataset.fill);
    if (!field) return;
    field.value = button.dataset.value;
    field.focus();
  }

  function followRow(row, event) {
    if (event.target.closest("a, button, input, select, label, summary, time")) return;
    if (String(window.getSelection())) return;
    const link = $("a.row-link", row);
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    if (event.target.id === "keys-on") stored("awooop.keys", event.target.checked ? "on" : "off");
    if (event.target.matches("[data-select-all]")) selectAll(event.target);
    countSelection();
  });

  function selectAll(box) {
    $$('tbody input[type="checkbox"][data-key="x"]', box.closest("table")).forEach((one) => {
      if (!one.disabled) one.checked = box.checked;
    });
  }

  /* [data-selection] is shown while something is selected, and says how much */
  function countSelection() {
    const chosen = $$('input[data-key="x"]:checked').length;
    $$("[data-selection]").forEach((bar) => { bar.hidden = chosen === 0; });
    $$("[data-selection-count]").forEach((place) => { place.textContent = String(chosen); });
  }

  /* keys */

  let current = null;

  const items = () => $$("[data-key-item]").filter((item) => item.offsetParent !== null);

  function move(step) {
    const list = items();
    if (!list.length) return;
    const at = list.indexOf(current);
    const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step));
    markCurrent(list[next]);
    const place = $("a[data-open], a.row-link, a, button", current) || current;
    (current.tabIndex === -1 && current.hasAttribute("tabindex") ? current : place).focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }

  function markCurrent(item) {
    if (current) current.classList.remove("is-current");
    current = item;
    if (current) current.classList.add("is-current");
  }

  function press(key) {
    const found = (current && current.isConnected && $(`[data-key="${key}"]`, current))
      || $$(`[data-key="${key}"]`).find((one) => !one.closest("[data-key-item]") && one.offsetParent !== null);
    if (!found || found.disabled) return false;
    const isDeliberate = found.closest(".decision-high, .decision-critical"); /* a second press: Enter */
    if (!isDeliberate && found.matches("button, a, input[type=checkbox], summary")) found.click();
    else found.focus();
    return true;
  }

  function openCurrent() {
    const link = current && $("a[data-open], a.row-link", current);
    if (link) link.click();
    return Boolean(link);
  }

  const search = () => $("[data-search]") || $(".filters input, .filters select");

  const KEYS = {
    j: () => (move(1), true),
    k: () => (move(-1), true),
    "?": () => (openDialog("keys"), true),
    "/": () => (search() ? (search().focus(), true) : false),
    Enter: () => document.activeElement === current && openCurrent(),
  };

  const isTyping = (element) =>
    element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (!(event.target instanceof Element) || isTyping(event.target) || $("dialog[open]")) return;
    if (event.key !== "Enter" && stored("awooop.keys") === "off") return;
    const act = KEYS[event.key] || (/^[a-z]$/.test(event.key) ? () => press(event.key) : null);
    if (act && act()) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-key-item]");
    if (item && item !== current) markCurrent(item);
  });

  /* time: counts down what is shown; the server's clock decides */

  function words(left) {
    const minutes = Math.floor(left / 60);
    if (minutes < 60) return minutes + ":" + String(left % 60).padStart(2, "0");
    return null; /* hours and days stay as the server said them */
  }

  function tick() {
    const now = Date.now();
    $$("time[data-time-left]").forEach((place) => {
      const left = Math.floor((Date.parse(place.dateTime) - now) / 1000);
      const text = left <= 0 ? place.dataset.over : words(left) && place.dataset.timeLeft.replace("{}", words(left));
      if (text && text !== place.textContent) place.textContent = text;
      place.classList.toggle("time-left-over", left <= 0);
      place.classList.toggle("time-left-last", left > 0 && left <= 300);
      place.classList.toggle("time-left-soon", left > 300 && left <= 900);
    });
    $$("progress[data-until]").forEach((bar) => {
      bar.value = Math.max(0, (Date.parse(bar.dataset.until) - now) / 1000);
    });
  }

  /* live refresh: what is typed, chosen, opened or pointed at outlives a swap */

  let paused = false;
  let kept = null;

  function pause(button) {
    paused = !paused;
    showPause();
  }

  function showPause() {
    $$("[data-pause]").forEach((one) => one.setAttribute("aria-pressed", String(paused)));
  }

  let composing = false; /* an input method is at work: a swap would throw its half-written word away */
  document.addEventListener("compositionstart", () => { composing = true; });
  document.addEventListener("compositionend", () => { composing = false; });

  const isRefresh = (element) => element && element.matches && element.matches("[data-refresh]");
  /* a hidden tab asks nothing, but for a list whose reader wants to be told */
  const isUnseen = (place) => document.hidden && !place.hasAttribute("data-refresh-hidden");
  const isBusy = (place) => paused || composing || isUnseen(place) || $(".htmx-request", place) !== null;

  function keep(target) {
    const active = target.contains(document.activeElement) ? document.activeElement : null;
    const anchor = $$("[data-key-item][id], tr[id]", target).find((item) => item.getBoundingClientRect().bottom > 60);
    return {
      fields: $$("input[id], textarea[id], select[id]", target).filter(isTouched)
        .map((field) => [field.id, field.value, field.checked]),
      open: $$("details[open][id]", target).map((one) => one.id),
      current: current && target.contains(current) ? current.id : null,
      focus: active && spotOf(active),
      caret: active && isTyping(active) && active.selectionStart != null
        ? [active.selectionStart, active.selectionEnd] : null,
      anchor: anchor && [anchor.id, anchor.getBoundingClientRect().top],
    };
  }

  /* where the focus is: an id, or which one it is within the nearest element that has an id */
  const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

  function spotOf(element) {
    if (element.id) return [element.id, -1];
    const home = element.closest("[id]");
    return home && [home.id, $$(FOCUSABLE, home).indexOf(element)];
  }

  function atSpot([id, at]) {
    const home = document.getElementById(id);
    return at < 0 ? home : home && $$(FOCUSABLE, home)[at];
  }

  function isTouched(field) {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return Array.from(field.options).some((one) => one.selected !== one.defaultSelected);
    return field.type !== "hidden" && field.value !== field.defaultValue;
  }

  function restore(state) {
    state.fields.forEach(([id, value, checked]) => {
      const field = document.getElementById(id);
      if (!field) return;
      if (field.type === "checkbox" || field.type === "radio") field.checked = checked;
      else if (field.value !== value) field.value = value;
    });
    state.open.forEach((id) => { const one = document.getElementById(id); if (one) one.open = true; });
    if (state.current) markCurrent(document.getElementById(state.current));
    const focus = state.focus && atSpot(state.focus);
    if (focus && document.activeElement !== focus) focus.focus({ preventScroll: true });
    if (focus && state.caret) focus.setSelectionRange(...state.caret);
    const anchor = state.anchor && document.getElementById(state.anchor[0]);
    if (anchor) window.scrollBy({ top: anchor.getBoundingClientRect().top - state.anchor[1], behavior: "instant" });
    countSelection();
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isRefresh(event.detail.elt) && isBusy(event.detail.elt)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (signedOut(event.detail)) return;
    if (event.detail.shouldSwap && isRefresh(event.detail.elt)) kept = keep(event.detail.target);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (kept) restore(kept);
    kept = null;
    if (current && !current.isConnected) afterRemoval();
    countSelection();
    showPause();
    fadeNews();
    tick();
  });

  /* what a page does by itself keeps no session alive */
  document.addEventListener("htmx:configRequest", (event) => {
    if (isRefresh(event.detail.elt)) event.detail.headers["X-Refresh"] = "1";
  });

  /* the session ended: the sign-in page belongs in the window, not in a table's row */
  function signedOut(detail) {
    const login = document.body.dataset.login;
    if (!login || new URL(detail.xhr.responseURL).pathname !== login) return false;
    detail.shouldSwap = false;
    location.assign(login + "?next=" + encodeURIComponent(location.pathname + location.search));
    return true;
  }

  /* the item that was decided has been replaced: its successor of the same id is current */
  function afterRemoval() {
    const next = current.id && document.getElementById(current.id);
    markCurrent(next || null);
    if (next && (document.activeElement === document.body)) next.focus({ preventScroll: true });
  }

  /* a failed request is said, never swallowed */
  document.addEventListener("htmx:responseError", () => failed($("#messages")?.dataset.failed));
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, (event) => {
    if (!isRefresh(event.detail.elt)) failed($("#messages")?.dataset.offline);
  }));




  /* on a phone the tabs scroll: the one that is shown is in sight */
  function showTab(tab) {
    const row = tab.parentElement;
    row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
  }

  function start() {
    $$(".tabs a[aria-current]").forEach(showTab);
    const theme = stored("theme");
    showTheme(theme === "light" || theme === "dark" ? theme : "auto");
    const keysOn = $("#keys-on");
    if (keysOn) keysOn.checked = stored("awooop.keys") !== "off";
    const wrong = $("form[method=post] [aria-invalid=true]");
    if (wrong) wrong.focus();
    countSelection();
    fadeNews();
    tick();
    setInterval(tick, 1000);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
