// Lets the log of a run grow while somebody sees it, by what came since the last piece.
// Without this script the page shows the log as it was when it was loaded.
"use strict";

(() => {
  const log = document.querySelector("pre[data-log]");
  const state = document.querySelector("[data-log-state]");
  if (!log) return;
  const QUICK = 1500;
  const SLOWEST = 30000;
  const MOST = 400000;
  let wait = QUICK;
  let timer = 0;

  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden && log.dataset.log) timer = setTimeout(look, wait);
  };

  const append = (text) => {
    const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    log.append(text);
    log.classList.remove("is-empty");
    log.normalize();
    const whole = log.textContent;
    if (whole.length > MOST) log.textContent = whole.slice(-MOST / 2);
    if (atEnd) log.scrollTop = log.scrollHeight;
  };

  const take = (part) => {
    if (part.text) append(part.text);
    log.dataset.after = part.last;
    if (part.ended) {
      delete log.dataset.log;
      state.textContent = state.dataset.ended;
    }
  };

  async function look() {
    clearTimeout(timer);
    if (!log.dataset.log) return;
    try {
      const address = `${log.dataset.log}?after=${log.dataset.after}`;
      const answer = await fetch(address, { cache: "no-store", redirect: "manual" });
      if (!answer.ok) throw new Error(String(answer.status));
      take(await answer.json());
      wait = QUICK;
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
    }
    plan();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else look();
  });
  state.textContent = state.dataset.going;
  log.scrollTop = log.scrollHeight;
  plan();
})();
