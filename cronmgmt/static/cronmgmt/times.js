// Distances to now count on by themselves, and a pointer over a time shows it in the
// reader's own time zone. Without this script both are as the server wrote them.
"use strict";

(() => {
  const MINUTE = 60;
  const UNITS = [
    ["year", 365 * 86400], ["month", 30 * 86400], ["week", 7 * 86400],
    ["day", 86400], ["hour", 3600], ["minute", MINUTE],
  ];
  const language = document.documentElement.lang || undefined;
  const controls = document.querySelector("[data-live-controls]");
  const words = controls ? controls.dataset : {};
  const fill = (pattern, value) => pattern.replace(/%\((span|count)\)[sd]/, value);
  let ahead = 0; // Milliseconds by which the server's clock is ahead of ours.

  const span = (seconds) => {
    const [unit, length] = UNITS.find(([, length]) => seconds >= length) || [];
    if (!unit) return fill(words.second, String(Math.floor(seconds)));
    const style = { style: "unit", unit, unitDisplay: "long" };
    return new Intl.NumberFormat(language, style).format(Math.floor(seconds / length));
  };

  const tick = () => {
    const now = Date.now() + ahead;
    for (const each of document.querySelectorAll("[data-distance]")) {
      const away = (Date.parse(each.dataset.distance) - now) / 1000;
      const text = fill(away > 0 ? words.in : words.ago, span(Math.abs(away)));
      if (each.textContent !== text) each.textContent = text;
    }
  };

  const localTime = (event) => {
    const time = event.target.closest && event.target.closest("time[datetime]");
    if (!time || time.dataset.local) return;
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    const style = { dateStyle: "medium", timeStyle: "long" };
    time.dataset.local = "1";
    time.title = [time.title, new Intl.DateTimeFormat(language, style).format(moment)]
      .filter(Boolean).join("\n");
  };

  const lookedAt = (element, moment) => {
    try {
      // Sweden writes dates as the server does.
      const text = new Date(moment).toLocaleString("sv-SE", { timeZone: element.dataset.asOf });
      if (element.textContent !== text) element.textContent = text;
    } catch { /* A zone that only the server knows. */ }
  };

  window.cronmgmt = {
    setClock(iso) {
      const server = Date.parse(iso);
      if (Number.isNaN(server)) return;
      ahead = server - Date.now();
      for (const each of document.querySelectorAll("[data-as-of]")) lookedAt(each, server);
    },
    tick,
  };

  document.addEventListener("pointerover", localTime);
  const note = document.querySelector("[data-zone]");
  if (note) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!note.textContent.includes(`${zone}.`)) {
      note.append(` ${note.dataset.zone.replace("{zone}", zone)}`);
    }
  }
  const region = document.querySelector("[data-now]");
  if (region) window.cronmgmt.setClock(region.dataset.now);
  if (words.in) setInterval(() => { if (!document.hidden) tick(); }, 1000);
})();
