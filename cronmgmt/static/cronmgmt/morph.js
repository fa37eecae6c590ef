// Makes a part of the page like a newer copy of it by changing only what differs: what
// has the focus, is ticked, typed, opened, selected or scrolled stays so.
"use strict";

(() => {
  // What the reader, not the server, decides.
  const OWN = { DETAILS: ["open"], INPUT: ["value", "checked"], OPTION: ["selected"] };

  const nameOf = (node) => (node.nodeType === Node.ELEMENT_NODE
    ? node.id || node.dataset.key || "" : "");
  const alike = (old, fresh) => old.nodeName === fresh.nodeName && nameOf(old) === nameOf(fresh);

  const attributes = (old, fresh) => {
    const own = old.type === "hidden" ? [] : OWN[old.nodeName] || [];
    for (const { name, value } of [...fresh.attributes]) {
      if (!own.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (!own.includes(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
  };

  const node = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    // A kept part is looked after by a script of its own.
    if (old.isEqualNode(fresh) || fresh.hasAttribute("data-kept")) return;
    attributes(old, fresh);
    if (old.nodeName === "TEXTAREA") return;
    const follows = old.hasAttribute("data-follow")
      && old.scrollHeight - old.scrollTop - old.clientHeight < 4;
    children(old, fresh);
    if (follows) old.scrollTop = old.scrollHeight;
  };

  const children = (old, fresh) => {
    const named = new Map();
    for (const each of old.children) if (nameOf(each)) named.set(nameOf(each), each);
    let at = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      const name = nameOf(wanted);
      let match = name ? named.get(name) : at;
      // One that is wanted later keeps its place until then.
      if (!name) while (match && nameOf(match)) match = match.nextSibling;
      if (!match || !alike(match, wanted)) {
        old.insertBefore(wanted, at);
        continue;
      }
      if (match === at) at = at.nextSibling;
      else old.insertBefore(match, at);
      node(match, wanted);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  };

  window.cronmgmt.morph = node;
})();
