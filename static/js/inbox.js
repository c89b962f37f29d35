/* The approvals inbox: a notification for who wants one, the count in the title, choosing several,
   and marking what ended elsewhere. The page does all of its work without it. */
(function () {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const KEY = "awooop.notify";
  const title = document.title;
  let told = 0;

  function stored(value) {
    try {
      if (value === undefined) return localStorage.getItem(KEY);
      localStorage.setItem(KEY, value);
    } catch (error) {
      /* storage refused: the choice lasts for this page */
    }
    return null;
  }

  /* notifications: asked for by a press of the button and at no other time */
  const button = $("#notify");
  const isAllowed = () => "Notification" in window && Notification.permission === "granted";
  let wanted = stored() === "on";

  function showChoice() {
    if (!button) return;
    const on = wanted && isAllowed();
    button.setAttribute("aria-pressed", String(on));
    $("#poll")?.toggleAttribute("data-refresh-hidden", on);
  }

  async function choose() {
    if (wanted && isAllowed()) wanted = false;
    else wanted = (await Notification.requestPermission()) === "granted";
    stored(wanted ? "on" : "off");
    if (!wanted && Notification.permission === "denied") say(button.dataset.refused);
    showChoice();
  }

  function say(text) {
    const shape = $("#messages template");
    if (!shape) return;
    const item = shape.content.cloneNode(true);
    $("[data-text]", item).textContent = text;
    $("#messages").append(item);
  }

  /* what arrived: the title counts it; who looks elsewhere is told once for each */
  function countNew() {
    const count = Number($("#news input[name=told]")?.value || 0);
    document.title = count ? `(${count}) ${title}` : title;
    if (count > told && document.hidden && wanted && isAllowed()) notify();
    told = count;
  }

  function notify() {
    const options = { body: button.dataset.body, tag: "awooop-approvals", renotify: true };
    const shown = new Notification(button.dataset.title, options);
    shown.addEventListener("click", () => { window.focus(); shown.close(); });
  }

  /* what ended elsewhere cannot be decided any more; what was typed stays where it is */
  function markEnded() {
    $$("[data-ended]").forEach((news) => {
      const card = document.getElementById(news.dataset.ended);
      if (!card || card.classList.contains("is-over")) return;
      card.classList.add("is-over");
      $$("button[name=decision], button[name=extend], input[data-key=x]", card).forEach((one) => {
        one.disabled = true;
        one.checked = false;
      });
    });
  }

  function chooseAll(all) {
    $$('#inbox input[form="batch"]:not(:disabled)').forEach((box) => { box.checked = all; });
    $("#batch").dispatchEvent(new Event("change", { bubbles: true })); /* the count is the console's */
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const choice = event.target.closest("[data-choose]");
    if (choice) chooseAll(choice.dataset.choose === "all");
    if (button && event.target.closest("#notify")) choose();
  });

  /* Esc leaves the field: the keys work again, on the item that one is in */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !(event.target instanceof Element)) return;
    if (event.target.matches(".decision input:not([type=checkbox])")) {
      event.target.closest(".decision").focus({ preventScroll: true });
    }
  });

  /* who comes back to the tab sees at once what came meanwhile */
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && window.htmx && $("#poll")) window.htmx.trigger("#poll", "look-now");
  });

  document.addEventListener("htmx:afterSettle", () => { markEnded(); countNew(); });
  document.addEventListener("htmx:oobAfterSwap", markEnded);

  if (button) button.hidden = !("Notification" in window);
  showChoice();
})();
