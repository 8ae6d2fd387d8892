/* A quote in its context: the whole thread in a window, with the span marked. */

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

async function showSource({ post, comment, start, end }) {
  const archive = await carried();
  const row = archive?.rowOf.get(post);
  if (row === undefined) return;
  const words = pageWords();
  const lang = document.documentElement.lang;
  const [id, title, url, ...texts] = archive.posts[row];
  const heading = make("h2", { id: "source-title" }, title || words.untitled);
  const head = make("p", { className: "who" }, words.post_number.replace("{id}", id));
  if (url) head.append(" · ", make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, words.open_page));
  const parts = texts.map((text) => threadText(archive, text, words, text[TEXT.number] === comment && [start, end]));
  const dialog = document.getElementById("source");
  dialog.lang = lang;
  dialog.querySelector(".close").setAttribute("aria-label", words.close);
  dialog.querySelector(".thread").replaceChildren(heading, head, ...parts);
  dialog.showModal();
  dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
}

function threadText(archive, text, words, span) {
  const number = text[TEXT.number];
  const by = make("b", {}, archive.author(text[TEXT.author], words.anonymous));
  const who = make("p", { className: "who" }, number ? `${words.in_comment} ${number} · ` : "", by, ` · ${archive.day(text)}`);
  const body = make("p", { className: "body" });
  if (span) {
    const [start, end] = span;
    const letters = text[TEXT.body];
    body.append(cut(letters, 0, start), make("mark", {}, cut(letters, start, end)), cut(letters, end, letters.length));
  } else body.append(text[TEXT.body]);
  return make("article", { className: number ? "comment" : "post" }, who, body);
}

function showSourceOf(button) {
  const { post, comment, start, end } = button.dataset;
  return showSource({ post, comment: Number(comment), start: Number(start), end: Number(end) });
}
