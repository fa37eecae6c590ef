// Looks again at the part of the page marked data-live while somebody sees it.
// Without this script the page works as it is, and reloads itself as a whole.
"use strict";

(() => {
  const { morph, setClock, tick } = window.cronmgmt;
  const KEPT = "cronmgmt-paused";
  const SLOWEST = 30;
  const TOLD = 5;
  const controls = document.querySelector("[data-live-controls]");
  const find = (name) => controls && controls.querySelector(`[data-${name}]`);
  const button = find("pause");
  const text = find("live-text");
  const announcer = find("announcer");
  const site = document.title.slice(document.title.lastIndexOf(" · "));
  const region = () => document.querySelector("[data-live]");

  let tag = region() ? region().dataset.tag : "";
  let seconds = region() ? Number(region().dataset.seconds) : 0;
  let paused = remembered();
  let failures = 0;
  let timer = 0;

  function remembered() {
    try { return localStorage.getItem(KEPT) === "1"; } catch { return false; }
  }
  function remember() {
    try { localStorage.setItem(KEPT, paused ? "1" : "0"); } catch { /* Not kept, then. */ }
  }

  const show = () => {
    if (!controls) return;
    const state = paused ? "paused" : failures ? "offline" : "going";
    controls.classList.toggle("is-live", state === "going");
    controls.classList.toggle("is-offline", state === "offline");
    if (text.textContent !== text.dataset[state]) text.textContent = text.dataset[state];
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
  };

  const plan = () => {
    clearTimeout(timer);
    if (!region() || paused || document.hidden) return;
    const wait = failures ? Math.min(seconds * 2 ** failures, SLOWEST) : seconds;
    timer = setTimeout(look, wait * 1000);
  };

  const says = () => new Map([...document.querySelectorAll("[data-say]")]
    .map((each) => [each.dataset.key, each.dataset.say]));

  const announce = (before) => {
    const news = [...says()].filter(([key, say]) => before.has(key) && before.get(key) !== say)
      .map(([, say]) => say);
    if (!news.length) return;
    const rest = news.length - TOLD;
    const told = news.slice(0, TOLD);
    if (rest > 0) told.push(controls.dataset.more.replace("{count}", rest));
    announcer.textContent = told.join(". ");
  };

  const decorate = (live) => {
    if (live.dataset.title) document.title = live.dataset.title + site;
    const icon = document.querySelector("link[rel=icon][data-state]");
    if (icon && live.dataset.icon && icon.getAttribute("href") !== live.dataset.icon) {
      icon.setAttribute("href", live.dataset.icon);
    }
  };

  const take = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.body.firstElementChild;
    if (!fresh || !fresh.matches("[data-live], [data-ended]")) return location.reload();
    const before = says();
    morph(region(), fresh);
    decorate(document.getElementById("live"));
    announce(before);
    tick();
    document.dispatchEvent(new CustomEvent("cronmgmt:changed"));
  };

  const note = (answer) => {
    const now = answer.headers.get("X-Cronmgmt-Now");
    if (now) setClock(now);
    seconds = Number(answer.headers.get("X-Cronmgmt-Seconds")) || seconds;
    tag = answer.headers.get("ETag") || tag;
    failures = 0;
  };

  const ask = async () => {
    const address = new URL(location.href);
    address.searchParams.set("live", "1");
    address.hash = "";
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(address, { cache: "no-store", redirect: "manual", headers });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      return location.reload(); // The session is over: show the login.
    }
    if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
    const html = answer.status === 304 ? "" : await answer.text();
    if (paused) return;
    if (html) take(html);
    note(answer);
  };

  async function look() {
    clearTimeout(timer);
    if (!region()) return;
    try {
      await ask();
    } catch {
      failures += 1;
      announcer.textContent = failures === 1 ? text.dataset.offline : announcer.textContent;
    }
    show();
    if (!region() && controls) controls.hidden = true; // What it showed has ended.
    plan();
  }

  if (button) {
    button.hidden = text.hidden = false;
    button.addEventListener("click", () => {
      paused = !paused;
      remember();
      show();
      if (paused) clearTimeout(timer);
      else look();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || paused) clearTimeout(timer);
    else look();
  });
  show();
  plan();
})();
