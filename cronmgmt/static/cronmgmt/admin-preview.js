// Shows what a schedule would do while it is typed. Without this script the button does.
"use strict";

(() => {
  const box = () => document.querySelector(".cronmgmt-preview");
  const WATCHED = ["schedule_kind", "schedule_expression", "timezone", "starts_at_0",
    "starts_at_1", "ends_at_0", "ends_at_1", "calendar", "on_holiday", "expected_duration"];
  let timer = 0;
  let asked = 0;

  const complaints = (page) => WATCHED
    .flatMap((name) => [...page.querySelectorAll(`.field-${name.replace(/_[01]$/, "")} .errorlist li`)])
    .map((each) => each.textContent);

  const isChanged = (field) => field.options
    ? [...field.options].some((option) => option.selected !== option.defaultSelected)
    : field.value !== field.defaultValue;

  const look = async (form) => {
    const number = ++asked;
    const data = new FormData(form);
    for (const name of [...data.keys()]) if (/^_(save|continue|addanother|saveasnew)/.test(name)) data.delete(name);
    data.append(box().dataset.button, "1");
    let page;
    try {
      const answer = await fetch(location.href, { method: "POST", body: data, redirect: "error" });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { return; }
    const fresh = page.querySelector(".cronmgmt-preview");
    if (number !== asked || !fresh || !box()) return;
    for (const text of new Set(complaints(page))) {
      const line = document.createElement("p");
      line.className = "errornote";
      line.textContent = text;
      fresh.prepend(line);
    }
    box().replaceWith(document.importNode(fresh, true));
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = box() && box().closest("form");
    if (!form) return;
    const changed = (event) => {
      if (!WATCHED.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => look(form), 400);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // What was typed before this script was there, or kept by the browser over a reload.
    const typed = [...form.elements].find((field) => WATCHED.includes(field.name) && isChanged(field));
    if (typed) changed({ target: typed });
  });
})();
