// A list of reasons becomes a box one types into: number, initials, pinyin or a part of the name; Enter takes the row.

const MOST = 12;
const plain = (text) => text.normalize("NFKC").trim().toLowerCase();

function choices(select) {
  return [...select.querySelectorAll("option[value]:not([value=''])")].map((option) => ({
    option,
    keys: (option.dataset.keys ?? "").split(" "),
    name: plain(option.textContent),
    group: option.closest("optgroup")?.label ?? "",
  }));
}

// Keys that begin so come first, then names that hold it, then the groups.
function matching(all, typed) {
  if (!typed) return all;
  const ranked = all.map((one) => {
    const key = one.keys.findIndex((each) => each.startsWith(typed));
    const inside = one.name.includes(typed) ? 5 : one.keys[1]?.includes(typed) ? 6 : plain(one.group).includes(typed) ? 7 : 9;
    const rank = key >= 0 ? key : inside;
    return { one, rank };
  });
  return ranked.filter(({ rank }) => rank < 9).sort((a, b) => a.rank - b.rank).map(({ one }) => one);
}

function element(tag, attributes) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

class Box {
  constructor(select) {
    this.select = select;
    this.all = choices(select);
    this.input = this.#input();
    this.list = element("ul", { id: `${select.id}_list`, role: "listbox", class: "choices", hidden: "" });
    this.list.setAttribute("aria-label", select.labels[0]?.textContent ?? "");
    select.labels[0]?.setAttribute("for", this.input.id);
    for (const link of document.querySelectorAll(`a[href="#${select.id}"]`)) link.hash = this.input.id;
    select.hidden = true;
    select.after(this.input, this.list);
    if (select.autofocus) this.input.autofocus = true;
    this.#listen();
  }

  #input() {
    const { id, dataset, selectedOptions } = this.select;
    const input = element("input", {
      id: `${id}_typed`, name: "reason_typed", type: "text", role: "combobox", autocomplete: "off", maxlength: "100",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}_list`, placeholder: dataset.placeholder,
    });
    input.value = this.select.value ? selectedOptions[0].textContent : dataset.typed;
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (this.select.hasAttribute(name)) input.setAttribute(name, this.select.getAttribute(name));
    }
    return input;
  }

  #listen() {
    this.input.addEventListener("input", (event) => event.isComposing || this.typed());
    this.input.addEventListener("compositionend", () => this.typed());
    this.input.addEventListener("keydown", (event) => event.isComposing || this.key(event));
    this.input.addEventListener("click", () => this.draw());
    this.input.addEventListener("blur", () => this.leave());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const row = event.target.closest("[role=option]");
      if (row) this.take(row.dataset.value);
    });
  }

  typed() {
    this.set("");
    this.draw();
  }

  draw() {
    const typed = this.select.value ? "" : plain(this.input.value);
    const found = matching(this.all, typed).slice(0, typed ? MOST : undefined);
    this.list.replaceChildren(...found.map((one, at) => this.#row(one, at)));
    if (!found.length) {
      const none = element("li", { class: "soft" });
      none.textContent = this.select.dataset.none;
      this.list.append(none);
    }
    this.open(true);
    this.mark(typed ? this.rows()[0] : undefined);
  }

  #row({ option, group }, at) {
    const row = element("li", { role: "option", id: `${this.list.id}_${at}`, "data-value": option.value, "aria-selected": "false" });
    const words = element("span", {});
    words.textContent = option.textContent;
    const of = element("span", { class: "soft tiny" });
    of.textContent = group;
    row.append(words, of);
    return row;
  }

  rows = () => [...this.list.querySelectorAll("[role=option]")];
  marked = () => this.list.querySelector("[aria-selected=true]");

  mark(row) {
    for (const other of this.rows()) other.setAttribute("aria-selected", String(other === row));
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", row.id);
    return row.scrollIntoView({ block: "nearest" });
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
    if (!shown) this.mark(undefined);
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      if (this.list.hidden) this.draw();
      const rows = this.rows();
      this.mark(rows.at((rows.indexOf(this.marked()) + by + rows.length) % rows.length));
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (this.marked()) this.take(this.marked().dataset.value);
      else if (this.select.value) this.select.dispatchEvent(new CustomEvent("crm:onward", { bubbles: true }));
      else this.draw();
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.open(false);
    } else if ((event.key === "Enter" || event.key === "Tab") && this.marked()) {
      this.take(this.marked().dataset.value, { stay: true });
    }
  }

  // Leaving with the words of exactly one reason chooses it.
  leave() {
    const found = this.input.value && !this.select.value ? matching(this.all, plain(this.input.value)) : [];
    if (found.length === 1) this.take(found[0].option.value, { stay: true });
    this.open(false);
  }

  take(value, { stay = false } = {}) {
    this.set(value);
    this.input.value = this.select.selectedOptions[0].textContent;
    this.open(false);
    if (!stay) this.select.dispatchEvent(new CustomEvent("crm:onward", { bubbles: true }));
  }

  set(value) {
    if (this.select.value === value) return;
    this.select.value = value;
    this.input.removeAttribute("aria-invalid");
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

export function become(select) {
  return new Box(select);
}
