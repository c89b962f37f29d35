/* The palette: Ctrl K from anywhere, arrows to choose, Enter to go. Without scripts its button is a link to the page. */
(function () {
  "use strict";

  const dialog = () => document.getElementById("palette");
  const field = () => document.getElementById("palette-q");
  const hits = () => Array.from(document.querySelectorAll("#palette-found a"));
  let asked = null; /* the words that the shown hits answer */

  function open() {
    const palette = dialog();
    if (!palette || palette.open || document.querySelector("dialog[open]")) return;
    const before = document.activeElement;
    palette.showModal();
    field().select();
    if (asked !== field().value) window.htmx.trigger(field(), "palette");
    palette.addEventListener("close", () => before && before.isConnected && before.focus(), { once: true });
  }

  function step(event, by) {
    const list = hits();
    if (!list.length) return;
    const next = list.indexOf(document.activeElement) + by;
    (next < 0 ? field() : list[Math.min(next, list.length - 1)]).focus();
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (!dialog()?.open || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault(); /* a search field would only be emptied by it */
      dialog().close();
    } else if (event.key === "ArrowDown") step(event, 1);
    else if (event.key === "ArrowUp") step(event, -1);
    else if (event.key === "Enter" && event.target === field() && asked === field().value && hits().length) {
      event.preventDefault();
      hits()[0].click();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.target.closest("#palette-found")) {
      field().focus(); /* typing goes on where the words are */
    }
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-palette]")) return;
    event.preventDefault(); /* the link is for those without scripts */
    open();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "palette-found") return;
    asked = event.detail.requestConfig.parameters.q ?? new FormData(field().form).get("q");
  });
})();
