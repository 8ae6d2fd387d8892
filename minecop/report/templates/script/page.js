/* The page itself: language, light and dark, links into the search, quotes into their threads. */

let finder = null;

function pageWords() {
  return JSON.parse(document.querySelector("#content .words").textContent);
}

/* A browser may refuse to remember anything for a page that is opened from a file. */
function remembered(key, value) {
  try {
    if (value === undefined) return localStorage.getItem(`minecop-${key}`);
    localStorage.setItem(`minecop-${key}`, value);
  } catch {
    /* then it begins anew each time */
  }
  return null;
}

let unseen = null; // the content in the other language, once it is unpacked
let unpacking = false;

async function switchLanguage() {
  if (unpacking) return; // asked for once more before it is there
  unpacking = true;
  unseen ??= await translated();
  unpacking = false;
  const content = document.getElementById("content");
  const other = document.getElementById("other");
  const before = finder?.asked;
  const shown = document.createDocumentFragment();
  shown.append(...content.childNodes);
  content.append(unseen);
  unseen = shown;
  for (const name of ["lang", "data-title", "data-dark", "data-skip", "data-other"]) {
    const kept = content.getAttribute(name);
    content.setAttribute(name, other.getAttribute(name));
    other.setAttribute(name, kept);
  }
  document.documentElement.lang = content.lang;
  document.title = content.dataset.title;
  document.querySelector(".skip").textContent = content.dataset.skip;
  const language = document.querySelector("[data-switch=lang]");
  language.textContent = content.dataset.other;
  language.lang = other.lang;
  document.querySelector("[data-switch=theme]").textContent = content.dataset.dark;
  if (finder) startFinder(before);
}

async function translated() {
  const template = document.createElement("template");
  template.innerHTML = await response(document.getElementById("translated")).text(); // escaped when it was made
  return template.content;
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.querySelector("[data-switch=theme]").setAttribute("aria-pressed", dark);
  finder?.picture.paint();
}

async function startFinder(asked = {}) {
  const section = document.querySelector("#content #explore");
  if (!section) return;
  if (!("DecompressionStream" in window)) {
    section.querySelector(".too-old").hidden = false;
    return;
  }
  const archive = await carried();
  if (!archive) return;
  finder = section.finder ??= new Finder(section, archive);
  const { words, ...filters } = asked;
  finder.set(words ? { ...filters, words: words.join(" ") } : filters);
}

async function findAll(link) {
  await startFinder();
  const [[name, value]] = Object.entries(link.dataset);
  finder.set({ [name]: name === "community" ? finder.community(value) : value });
  document.getElementById("explore").scrollIntoView();
  finder.form.elements[name].focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-switch], .source[data-post], .all-voices");
  if (!target) {
    if (event.target.id === "source") event.target.close(); // beside the window
    return;
  }
  if (target.dataset.switch === "lang") switchLanguage();
  else if (target.dataset.switch === "theme") {
    const dark = target.getAttribute("aria-pressed") !== "true";
    setTheme(dark);
    remembered("theme", dark ? "dark" : "light");
  } else if (target.matches(".source")) showSourceOf(target);
  else {
    event.preventDefault();
    findAll(target);
  }
});

document.documentElement.classList.add("live");
document.querySelector(".switches").hidden = false;
document.querySelector("[data-switch=lang]").hidden = !("DecompressionStream" in window);
setTheme((remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark");
if (window.requestIdleCallback) requestIdleCallback(() => startFinder(), { timeout: 1000 });
else setTimeout(startFinder, 200);
