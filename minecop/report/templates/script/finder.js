/* Search and filters over the passages that the page carries; what is found is listed and shown in the picture. */

const PAGE_OF_RESULTS = 20;
const FILTERS = ["issue", "topic", "step", "community", "group", "since", "until"];

class Finder {
  constructor(section, archive) {
    this.section = section;
    this.archive = archive;
    this.form = section.querySelector(".finder");
    this.found = [];
    this.shown = 0;
    this.fillChoices();
    this.picture = new Picture(section.querySelector(".picture"), this);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.find());
    this.form.addEventListener("reset", () => setTimeout(() => this.find()));
    section.querySelector(".further").addEventListener("click", () => this.showFurther(true));
  }

  fillChoices() {
    const { archive, form } = this;
    const lang = document.documentElement.lang;
    const option = (value, text) => make("option", { value }, text);
    const named = (names) => names.map((name, number) => [number, name]).sort((a, b) => a[1].localeCompare(b[1], lang));
    for (const name of ["community", "group"]) {
      const names = archive[name === "group" ? "groups" : "communities"];
      form.elements[name].append(...named(names).map(([number, text]) => option(number, text)));
      form.elements[name].closest("label").hidden = !names.length;
    }
    const years = [...new Set(archive.passages.year)].filter(Boolean).sort();
    for (const name of ["since", "until"]) {
      form.elements[name].append(...years.map((year) => option(year, yearName(year))));
      form.elements[name].closest("label").hidden = years.length < 2;
    }
  }

  /* Returns what is asked for: {words: [...], issue: "3", ...}, without what is left open. */
  get asked() {
    const asked = {};
    for (const name of FILTERS) if (this.form.elements[name].value) asked[name] = this.form.elements[name].value;
    const words = fold(this.form.elements.words.value).split(" ").filter(Boolean);
    return words.length ? { ...asked, words } : asked;
  }

  set(values) {
    for (const name of ["words", ...FILTERS]) this.form.elements[name].value = values[name] ?? "";
    this.find();
  }

  /* The number of a community by its name: links name it. */
  community(name) {
    return this.archive.communities.indexOf(name);
  }

  matches(row, asked) {
    const { archive } = this;
    if (asked.issue && !archive.issuesOf[row].includes(asked.issue)) return false;
    if (asked.topic && archive.topicOf[row] !== asked.topic) return false;
    for (const name of ["step", "community", "group"])
      if (asked[name] && archive.at(row, name) !== Number(asked[name])) return false;
    const year = archive.at(row, "year");
    if (asked.since && year < Number(asked.since)) return false;
    if (asked.until && (!year || year > Number(asked.until))) return false;
    return !asked.words || asked.words.every((word) => archive.findable(row).includes(word));
  }

  find() {
    const asked = this.asked;
    const open = !Object.keys(asked).length;
    const rows = Array.from({ length: this.archive.count }, (_, row) => row);
    // the archive is in the order of time: what was written last comes first
    this.found = (open ? rows : rows.filter((row) => this.matches(row, asked))).reverse();
    this.shown = 0;
    this.section.querySelector(".results").replaceChildren();
    this.section.querySelector(".found").textContent = this.counted();
    this.showFurther(false);
    this.picture.show(open ? null : new Set(this.found));
  }

  counted() {
    const words = pageWords();
    const people = new Set(this.found.map((row) => this.archive.at(row, "author")).filter((author) => author >= 0));
    const places = new Set(this.found.map((row) => this.archive.at(row, "community")).filter((place) => place >= 0));
    const numbers = { passages: this.found.length, people: people.size, communities: places.size };
    const text = this.found.length ? words.found : words.found_none;
    return text.replace(/\{(\w+)\}/g, (_, name) => numbers[name].toLocaleString("en"));
  }

  showFurther(focus) {
    const list = this.section.querySelector(".results");
    const rows = this.found.slice(this.shown, this.shown + PAGE_OF_RESULTS);
    const items = rows.map((row) => this.result(row));
    list.append(...items);
    this.shown += rows.length;
    this.section.querySelector(".further").hidden = this.shown >= this.found.length;
    if (focus) items[0]?.querySelector("button").focus();
  }

  result(row) {
    const { archive } = this;
    const words = pageWords();
    const source = this.placeOf(row);
    const [id, title] = archive.posts[archive.at(row, "post")];
    const text = archive.text(archive.at(row, "post"), archive.at(row, "comment"));
    const who = [
      archive.communities[archive.at(row, "community")],
      archive.day(text),
      `“${title || words.untitled}”`,
      words.post_number.replace("{id}", id) + (source.comment ? ` #${source.comment}` : ""),
    ].filter(Boolean);
    const by = make("b", {}, archive.author(archive.at(row, "author"), words.anonymous));
    const open = make("button", { type: "button", className: "source" }, words.read_source);
    open.addEventListener("click", () => showSource(source));
    const marks = this.marksOf(row).map((mark) => make("span", { className: "chip" }, mark));
    return make(
      "li",
      {},
      make("p", { className: "body" }, ...highlighted(archive.words(row), this.asked.words ?? [])),
      make("p", { className: "who" }, by, ` · ${who.join(" · ")} `, open),
      make("p", { className: "marks" }, ...marks),
    );
  }

  /* What a passage was found to be of, as the choices name it. */
  marksOf(row) {
    const { archive } = this;
    const marks = archive.issuesOf[row].map((rank) => `${pageWords().issue} ${this.nameOf("issue", rank)}`);
    if (archive.topicOf[row] !== "-1") marks.push(`${pageWords().topic} ${this.nameOf("topic", archive.topicOf[row])}`);
    const step = archive.at(row, "step");
    if (step) marks.push(`${pageWords().step} ${this.nameOf("step", String(step))}`);
    return marks;
  }

  nameOf(filter, value) {
    const option = [...this.form.elements[filter].options].find((one) => one.value === String(value));
    return option ? option.textContent : String(value);
  }

  placeOf(row) {
    const { archive } = this;
    const start = archive.at(row, "start");
    const post = archive.posts[archive.at(row, "post")][POST.id];
    return { post, comment: archive.at(row, "comment"), start, end: start + archive.at(row, "length") };
  }
}

function yearName(year) {
  return String(pageWords().buddhist ? year + 543 : year);
}

/* Text nodes and marks: letters of the text stay as they are, however they were folded for the search. */
function highlighted(text, words) {
  const letters = Array.from(text);
  const folded = letters.map(fold);
  const starts = [];
  let length = 0;
  for (const piece of folded) {
    starts.push(length);
    length += piece.length;
  }
  const joined = folded.join("");
  const inside = new Array(letters.length).fill(false);
  for (const word of words) {
    for (let at = joined.indexOf(word); at >= 0; at = joined.indexOf(word, at + 1)) {
      for (let n = 0; n < letters.length; n++) if (starts[n] < at + word.length && starts[n] + folded[n].length > at) inside[n] = true;
    }
  }
  const pieces = [];
  for (let n = 0; n < letters.length; ) {
    let end = n;
    while (end < letters.length && inside[end] === inside[n]) end++;
    const part = letters.slice(n, end).join("");
    pieces.push(inside[n] ? make("mark", {}, part) : part);
    n = end;
  }
  return pieces;
}
