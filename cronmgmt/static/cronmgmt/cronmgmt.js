// Looks again at the part of the page marked data-live while somebody sees it.
// Without this script the page works as it is, and reloads itself as a whole.
"use strict";

(() => {
  const controls = document.querySelector("[data-live-controls]");
  const button = controls && controls.querySelector("[data-pause]");
  const offline = controls && controls.querySelector("[data-offline]");
  let paused = false;
  let timer = 0;

  const region = () => document.querySelector("[data-live]");

  const plan = () => {
    clearTimeout(timer);
    const live = region();
    if (live && !paused && !document.hidden) {
      timer = setTimeout(look, Number(live.dataset.seconds) * 1000);
    }
  };

  // Somebody who selects text must not lose it to a refresh.
  const isInUse = (live) => {
    const selection = document.getSelection();
    return !selection.isCollapsed && live.contains(selection.anchorNode);
  };

  const replace = (live, html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!fresh || !fresh.matches("[data-live], [data-ended]")) return location.reload();
    const focused = live.contains(document.activeElement) && document.activeElement.id;
    const open = [...live.querySelectorAll("details")].map((each) => each.open);
    const scrolled = [...live.querySelectorAll("pre")].map((each) => each.scrollTop);
    fresh.querySelectorAll("details").forEach((each, at) => { each.open = Boolean(open[at]); });
    live.replaceWith(fresh);
    fresh.querySelectorAll("pre").forEach((each, at) => { each.scrollTop = scrolled[at] || 0; });
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
  };

  const say = (text) => {
    if (offline && offline.textContent !== text) offline.textContent = text;
  };

  const look = async () => {
    const live = region();
    if (!live || isInUse(live)) return plan();
    const address = new URL(location.href);
    address.searchParams.set("live", "1");
    try {
      const answer = await fetch(address, { cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        return location.reload(); // The session is over: show the login.
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (!paused) replace(region(), html);
      say("");
    } catch {
      say(offline ? offline.dataset.offline : "");
    }
    if (!region() && controls) controls.hidden = true; // What it showed has ended.
    plan();
  };

  if (button) {
    controls.hidden = false;
    button.addEventListener("click", () => {
      paused = !paused;
      button.textContent = paused ? button.dataset.resume : button.dataset.pause;
      if (paused) clearTimeout(timer);
      else look();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || paused) clearTimeout(timer);
    else look();
  });
  plan();
})();
