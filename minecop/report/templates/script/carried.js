/* The threads and passages that the page carries: base64 of gzipped JSON, unpacked when first asked for. Offsets are code points. */

let unpacked = null;

function carried() {
  unpacked ??= unpack(document.getElementById("carried"));
  return unpacked;
}

async function unpack(element) {
  const unpacking = response(element);
  return unpacking && new Carried(await unpacking.json());
}

/* What an element holds, unpacked; the element is empty then: nothing is needed twice. */
function response(element) {
  const packed = element.textContent.trim();
  element.textContent = "";
  return packed ? new Response(new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("gzip"))) : null;
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let n = 0; n < letters.length; n++) bytes[n] = letters.charCodeAt(n);
  return bytes;
}

const POST = { id: 0, title: 1, url: 2, texts: 3 };
const TEXT = { number: 0, author: 1, day: 2, body: 3 };

class Carried {
  constructor(data) {
    Object.assign(this, data);
    this.count = data.passages.post.length;
    this.rowOf = new Map(data.posts.map((post, row) => [post[POST.id], row]));
    this.issuesOf = inverted(data.issues, this.count);
    this.topicOf = inverted(data.topics, this.count).map((topics) => topics[0] ?? "-1");
    this.folded = new Array(this.count);
  }

  text(post, comment) {
    return this.posts[post].slice(POST.texts).find((text) => text[TEXT.number] === comment);
  }

  at(row, column) {
    return this.passages[column][row];
  }

  words(row) {
    const start = this.at(row, "start");
    const text = this.text(this.at(row, "post"), this.at(row, "comment"));
    return cut(text[TEXT.body], start, start + this.at(row, "length"));
  }

  author(number, unnamed) {
    return number < 0 ? unnamed : this.authors[number];
  }

  day(text) {
    return this.days[text[TEXT.day]][document.documentElement.lang === "th" ? 0 : 1];
  }

  /* What a passage is found by: its words, its title, who says it and where. */
  findable(row) {
    this.folded[row] ??= fold(
      [
        this.words(row),
        this.posts[this.at(row, "post")][POST.title],
        this.author(this.at(row, "author"), ""),
        this.communities[this.at(row, "community")] ?? "",
      ].join("\n"),
    );
    return this.folded[row];
  }
}

function inverted(groups, count) {
  const of = Array.from({ length: count }, () => []);
  for (const [name, rows] of Object.entries(groups)) for (const row of rows) of[row].push(name);
  return of;
}

/* Code points, as the spans count, not the halves of them that JavaScript counts. */
function cut(text, start, end) {
  if (!/[\ud800-\udbff]/.test(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}

/* One form for what is written in several: small letters, digits, เเ and แ, ํา and ำ; nothing that cannot be seen. */
function fold(text) {
  return text
    .toLowerCase()
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, "")
    .replace(/\u0e40\u0e40|\u0e4d\u0e32/g, (pair) => (pair === "\u0e40\u0e40" ? "\u0e41" : "\u0e33"))
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0xe50))
    .replace(/\s+/g, " ");
}
