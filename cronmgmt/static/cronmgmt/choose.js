// Says how many jobs are selected, and selects all of the page. Without this script
// each is selected by itself.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll("input[name=job][form=bulk]")];
  const text = document.querySelector("[data-selected]");

  const count = () => {
    const all = boxes();
    const chosen = all.filter((each) => each.checked).length;
    if (text) text.textContent = text.dataset.selected.replace("{count}", chosen);
    const every = document.querySelector("[data-all]");
    if (!every) return;
    every.hidden = false;
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      for (const each of boxes()) each.checked = event.target.checked;
    }
    count();
  });
  document.addEventListener("cronmgmt:changed", count);
  count();
})();
