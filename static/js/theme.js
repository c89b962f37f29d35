/* Loaded before the first paint: says that scripts run, and which theme the reader chose.
   The key `theme` ("auto", "light", "dark") is the Django admin's own, so that both agree. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch (error) {
    /* storage refused (private window): the system's theme stands */
  }
})();
