// Comfort only: every page works without it.
"use strict";
const root = document.documentElement;
const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
const show = (dark) => { if (dark) root.dataset.theme = "dark"; else delete root.dataset.theme; };
show(kept() === "dark");

document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector('[data-switch="theme"]');
  const set = (dark) => { show(dark); button.setAttribute("aria-pressed", String(dark)); };
  button.hidden = false;
  set(kept() === "dark");
  button.addEventListener("click", () => {
    const dark = root.dataset.theme !== "dark";
    set(dark);
    try { localStorage.setItem("theme", dark ? "dark" : "light"); } catch { /* it holds for this page, then */ }
  });

  // "/" goes to the search box, as in many places; never while somebody writes.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(input|select|textarea)$/i.test(event.target.tagName)) return;
    const box = document.getElementById("q");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  });
});
