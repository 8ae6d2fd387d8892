/* The passages as points: each topic an island. Hovering tells what one says, a click opens it in its thread. */

const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#b0569b", "#b07d00", "#3a9bd9", "#7b5ea7", "#8c6d31", "#c2405b", "#4f7f2b"];
const LABELS = 12;
const REACH = 9;

class Picture {
  constructor(element, finder) {
    this.element = element;
    this.finder = finder;
    this.archive = finder.archive;
    this.canvas = element.querySelector("canvas");
    this.tip = element.querySelector(".tip");
    this.colour = element.querySelector("[name=colour]");
    this.found = null;
    this.view = { x: 0, y: 0, scale: 1 };
    this.colour.addEventListener("change", () => this.paint());
    for (const button of element.querySelectorAll("[data-zoom]"))
      button.addEventListener("click", () => this.zoom({ in: 1.6, out: 1 / 1.6, all: 0 }[button.dataset.zoom]));
    this.listen();
    new ResizeObserver(() => this.paint()).observe(this.canvas);
  }

  listen() {
    const { canvas } = this;
    let last = null;
    let moved = false;
    canvas.addEventListener("pointerdown", (event) => {
      last = [event.offsetX, event.offsetY];
      moved = false;
    });
    canvas.addEventListener("pointermove", (event) => {
      if (last && event.buttons) {
        const by = [event.offsetX - last[0], event.offsetY - last[1]];
        moved ||= Math.hypot(...by) > 4;
        if (moved) {
          this.move(...by);
          last = [event.offsetX, event.offsetY];
        }
      } else this.hover(event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointerup", () => (last = null));
    canvas.addEventListener("pointerleave", () => {
      last = null;
      this.tip.hidden = true;
    });
    canvas.addEventListener("click", (event) => {
      const row = moved ? null : this.nearest(event.offsetX, event.offsetY);
      if (row !== null) showSource(this.finder.placeOf(row));
    });
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return; // the wheel alone moves the page on
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
      },
      { passive: false },
    );
    canvas.addEventListener("keydown", (event) => {
      const step = 40;
      const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
      const zooms = { "+": 1.6, "=": 1.6, "-": 1 / 1.6, 0: 0 };
      if (moves[event.key] && this.view.scale > 1) this.move(...moves[event.key]);
      else if (event.key in zooms) this.zoom(zooms[event.key]);
      else return;
      event.preventDefault();
    });
  }

  zoom(by) {
    const scale = by ? Math.min(20, Math.max(1, this.view.scale * by)) : 1;
    const ratio = scale / this.view.scale;
    this.view = scale === 1 ? { x: 0, y: 0, scale } : { x: this.view.x * ratio, y: this.view.y * ratio, scale };
    this.paint();
  }

  move(right, down) {
    const most = this.size * (this.view.scale - 1) * 0.5;
    const kept = (value) => Math.min(most, Math.max(-most, value));
    this.view.x = kept(this.view.x + right);
    this.view.y = kept(this.view.y + down);
    this.paint();
  }

  show(found) {
    this.found = found;
    this.paint();
  }

  at(row) {
    const half = this.size / 2;
    const reach = (half - 8) * this.view.scale * 0.001;
    return [half + this.view.x + reach * this.archive.at(row, "x"), half + this.view.y - reach * this.archive.at(row, "y")];
  }

  /* What a passage is coloured by, and what that is called. */
  valueOf(row) {
    const { archive } = this;
    const by = this.colour.value;
    if (by === "topic") return archive.topicOf[row] === "-1" ? null : archive.topicOf[row];
    if (by === "issue") return archive.issuesOf[row][0] ?? null;
    const value = archive.at(row, by);
    return by === "community" ? (value < 0 ? null : String(value)) : value ? String(value) : null;
  }

  /* The values of most people, each with its colour and number of people; years and steps in their own order. */
  ranked() {
    const people = new Map();
    for (let row = 0; row < this.archive.count; row++) {
      const value = this.valueOf(row);
      if (value === null || (this.found && !this.found.has(row))) continue;
      if (!people.has(value)) people.set(value, new Set());
      if (this.archive.at(row, "author") >= 0) people.get(value).add(this.archive.at(row, "author"));
    }
    const ordered = this.colour.value === "year" || this.colour.value === "step";
    const entries = [...people].sort((a, b) => (ordered ? a[0] - b[0] : b[1].size - a[1].size || a[0].localeCompare(b[0])));
    return entries.slice(0, COLOURS.length).map(([value, who], n) => [value, COLOURS[n], who.size]);
  }

  /* Islands lie apart, so that those beyond the first may share a colour; what is grey is of none. */
  coloursOf(ranked) {
    const topics = this.colour.value === "topic" ? Object.keys(this.archive.topics) : [];
    const shared = topics.map((topic, n) => [topic, COLOURS[n % COLOURS.length]]);
    return new Map([...shared, ...ranked.map(([value, colour]) => [value, colour])]);
  }

  nameOf(value) {
    const by = this.colour.value;
    if (by === "community") return this.archive.communities[Number(value)];
    return by === "year" ? yearName(Number(value)) : this.finder.nameOf(by, value);
  }

  paint() {
    const { canvas } = this;
    this.size = canvas.clientWidth;
    if (!this.size) return;
    const dense = window.devicePixelRatio || 1;
    canvas.width = canvas.height = Math.round(this.size * dense);
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    const style = getComputedStyle(canvas);
    const ranked = this.ranked();
    const colours = this.coloursOf(ranked);
    const radius = Math.max(1.5, Math.min(4, 90 / Math.sqrt(this.archive.count))) * Math.min(2, Math.sqrt(this.view.scale));
    const rest = style.getPropertyValue("--rest");
    for (const back of [true, false]) {
      for (let row = 0; row < this.archive.count; row++) {
        const dim = this.found !== null && !this.found.has(row);
        if (dim !== back) continue;
        pen.globalAlpha = dim ? 0.25 : 0.85;
        pen.fillStyle = dim ? rest : (colours.get(this.valueOf(row)) ?? rest);
        pen.beginPath();
        pen.arc(...this.at(row), dim ? radius * 0.7 : radius, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    pen.globalAlpha = 1;
    this.nameIslands(pen, style);
    this.tellColours(ranked);
  }

  nameIslands(pen, style) {
    const wide = this.size * this.view.scale;
    const islands = Object.entries(this.archive.topics)
      .filter(([, rows]) => rows.length)
      .sort((a, b) => b[1].length - a[1].length)
      .slice(0, wide < 500 ? 5 : Math.round(LABELS * this.view.scale));
    pen.font = `600 13px ${style.fontFamily}`;
    pen.textAlign = "center";
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = style.getPropertyValue("--card");
    pen.fillStyle = style.getPropertyValue("--ink");
    const taken = [];
    for (const [topic, rows] of islands) {
      const places = rows.map((row) => this.at(row));
      const x = mean(places.map((place) => place[0]));
      const y = Math.min(...places.map((place) => place[1])) - 6;
      const name = shortened(this.finder.nameOf("topic", topic), 26);
      const half = pen.measureText(name).width / 2;
      const box = [Math.min(this.size - half - 2, Math.max(half + 2, x)), Math.max(14, y), half];
      if (x < 0 || x > this.size || y < -20 || y > this.size) continue;
      if (taken.some(([left, top, width]) => Math.abs(left - box[0]) < width + half && Math.abs(top - box[1]) < 17)) continue;
      taken.push(box);
      pen.strokeText(name, box[0], box[1]);
      pen.fillText(name, box[0], box[1]);
    }
  }

  tellColours(ranked) {
    const words = pageWords();
    const by = this.colour.value;
    const items = ranked.map(([value, colour, people]) => {
      const swatch = make("span", { className: "swatch" });
      swatch.style.background = colour;
      const count = make("span", { className: "who" }, words.people.replace("{people}", people));
      const choose = make("button", { type: "button" }, swatch, `${this.nameOf(value)} `, count);
      choose.addEventListener("click", () => this.finder.set(by === "year" ? { since: value, until: value } : { [by]: value }));
      return make("li", {}, choose);
    });
    this.element.querySelector(".legend").replaceChildren(...items);
  }

  nearest(x, y) {
    let best = null;
    let least = REACH;
    for (let row = 0; row < this.archive.count; row++) {
      if (this.found && !this.found.has(row)) continue;
      const [left, top] = this.at(row);
      const away = Math.hypot(left - x, top - y);
      if (away < least) [best, least] = [row, away];
    }
    return best;
  }

  hover(x, y) {
    const row = this.nearest(x, y);
    this.tip.hidden = row === null;
    this.canvas.style.cursor = row === null ? "default" : "pointer";
    if (row === null) return;
    const { archive } = this;
    const text = archive.text(archive.at(row, "post"), archive.at(row, "comment"));
    const by = archive.author(archive.at(row, "author"), pageWords().anonymous);
    this.tip.replaceChildren(
      make("p", {}, shortened(archive.words(row), 160)),
      make("p", { className: "who" }, [by, archive.communities[archive.at(row, "community")], archive.day(text)].filter(Boolean).join(" · ")),
      make("p", { className: "who" }, this.finder.marksOf(row).join(" · ")),
    );
    this.tip.style.left = `${Math.max(0, Math.min(this.size - this.tip.offsetWidth, x + 12))}px`;
    this.tip.style.top = `${y > this.size / 2 ? y - this.tip.offsetHeight - 12 : y + 16}px`;
  }
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/* By letters as a reader sees them: a vowel mark is not parted from its consonant. */
function shortened(text, most) {
  const letters = [...new Intl.Segmenter("th").segment(text)];
  return letters.length <= most ? text : `${text.slice(0, letters[most].index)}…`;
}
