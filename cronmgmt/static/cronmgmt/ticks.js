// Puts one box above those of a list that ticks them all; without it each has its own.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=run]")];

  const dress = () => {
    const head = document.querySelector("[data-tick-all]");
    if (!head || head.querySelector("input") || !boxes().length) return;
    const all = document.createElement("input");
    all.type = "checkbox";
    all.setAttribute("aria-label", head.dataset.tickAll);
    all.addEventListener("change", () => {
      boxes().forEach((each) => { each.checked = all.checked; });
    });
    head.append(all);
  };

  document.addEventListener("cronmgmt:changed", dress);
  dress();
})();
