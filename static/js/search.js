// The search box: answers while one types, arrows and Enter open, an exact hit opens on Enter at once.

const PAUSE = 120; // ms between the last key and the question
const form = document.querySelector("form[data-search]");
const input = form.querySelector("[role=combobox]");
const panel = form.querySelector("#search-results");
const status = form.querySelector("[data-search-status]");

let timer; // of the question about to be asked
let asking; // AbortController of the question under way
let answered = ""; // the text the list shown belongs to
let opensNext = false; // Enter was pressed before the answer came

const text = () => input.value.trim();
const options = () => [...panel.querySelectorAll("[role=option]")];
const selected = () => panel.querySelector("[role=option][aria-selected=true]");

function show(open) {
  panel.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) select(undefined);
}

function select(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function follow(option, aside = false) {
  if (aside) open(option.dataset.href, "_blank", "noopener");
  else location.assign(option.dataset.href);
}

// An option may hold nothing that takes the focus of its own: its link becomes the option itself.
function prepare(option, at) {
  option.id ||= `search-option-${at}`;
  option.setAttribute("aria-selected", "false");
  const link = option.querySelector("a[href]");
  option.dataset.href = link.href;
  link.removeAttribute("href");
}

// Enter with no row chosen: the exact or only hit opens; otherwise the first row is offered.
function choose() {
  const all = options();
  const only = all.length === 1 || all[0]?.hasAttribute("data-exact") ? all[0] : undefined;
  if (only) follow(only);
  else select(all[0]);
}

function draw(html, asked) {
  panel.innerHTML = html; // our own server's fragment, escaped there
  answered = asked;
  const listbox = panel.querySelector("[role=listbox]");
  if (listbox) {
    listbox.id ||= "search-listbox";
    input.setAttribute("aria-controls", listbox.id);
  } else {
    input.setAttribute("aria-controls", panel.id);
  }
  options().forEach(prepare);
  status.textContent = listbox ? (listbox.getAttribute("aria-label") ?? "") : panel.textContent.trim();
  show(true);
}

async function ask() {
  const asked = text();
  clearTimeout(timer);
  asking?.abort();
  if (!asked) {
    form.removeAttribute("aria-busy");
    return show(false);
  }
  const mine = (asking = new AbortController());
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
      signal: mine.signal,
      redirect: "manual", // a session that has ended sends to the sign-in page
    });
    if (!answer.ok) throw new Error(String(answer.status || 401));
    const html = await answer.text();
    if (mine !== asking) return undefined; // a later question is under way
    draw(html, asked);
    if (opensNext) choose();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    fail(error);
  }
  opensNext = false;
  form.removeAttribute("aria-busy");
  return undefined;
}

function fail(error) {
  panel.textContent = "";
  const words = document.createElement("p");
  words.textContent = form.dataset.failed;
  panel.append(words);
  answered = "";
  show(true);
  const code = Number(error.message);
  document.dispatchEvent(new CustomEvent("crm:failed", { detail: code || "offline" }));
}

const MOVES = {
  ArrowDown: (all, at) => all[at + 1] ?? all[0],
  ArrowUp: (all, at) => all[at === -1 ? all.length - 1 : at - 1] ?? all.at(-1),
  PageDown: (all, at) => all[Math.min(at + 8, all.length - 1)],
  PageUp: (all, at) => all[Math.max(at - 8, 0)],
};

function enter() {
  if (!text()) return;
  if (selected()) follow(selected());
  else if (answered === text() && !asking?.signal.aborted && form.getAttribute("aria-busy") !== "true") {
    show(true);
    choose();
  } else {
    opensNext = true;
    ask();
  }
}

input.addEventListener("input", (event) => {
  opensNext = false;
  select(undefined);
  clearTimeout(timer);
  if (event.isComposing) return;
  timer = setTimeout(ask, PAUSE);
});
input.addEventListener("compositionend", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
});

input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape" && !panel.hidden) {
    event.preventDefault();
    show(false);
  } else if (event.key in MOVES && options().length) {
    event.preventDefault();
    show(true);
    select(MOVES[event.key](options(), options().indexOf(selected())));
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter();
});

input.addEventListener("focus", () => answered && answered === text() && show(true));
form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show(false));
for (const kind of ["click", "auxclick"]) {
  panel.addEventListener(kind, (event) => {
    const option = event.target.closest("[role=option]");
    if (option && event.button < 2) follow(option, event.button === 1 || event.ctrlKey || event.metaKey);
  });
}
panel.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the box
