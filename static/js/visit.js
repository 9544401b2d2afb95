// The form of a contact: rows come as they are needed, Enter goes onward, the stage follows the first reason.

import { become } from "./reasons.js";

const fieldsOf = (row) => [...row.querySelectorAll("input, select, textarea")];
const firstOf = (row) => row.querySelector("[role=combobox]");
const rowsOf = (list) => [...list.querySelectorAll("[data-item]")];
let made = 0;

// A copy of `row` with nothing filled in and ids of its own.
function blank(row, pristine) {
  const fresh = pristine.cloneNode(true);
  const from = `item_${row.dataset.number}`;
  made += 1;
  for (const each of fresh.querySelectorAll("[id], [for], [aria-describedby]")) {
    for (const name of ["id", "for", "aria-describedby"]) {
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(from, `item_new${made}`));
    }
  }
  fresh.dataset.number = `new${made}`;
  return fresh;
}

function clean(row) {
  const copy = row.cloneNode(true);
  copy.querySelectorAll(".field-error").forEach((error) => error.remove());
  for (const field of fieldsOf(copy)) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("autofocus");
    if (field.matches("[name=detail]")) field.setAttribute("value", "");
    if (field.matches("[data-reasons]")) field.dataset.typed = "";
  }
  for (const option of copy.querySelectorAll("[name=reason] option, [name=line] option")) option.removeAttribute("selected");
  return copy;
}

class Items {
  constructor(form) {
    this.form = form;
    this.list = form.querySelector("[data-items]");
    this.stage = form.querySelector("[name=stage]");
    const [first] = rowsOf(this.list);
    this.source = first;
    this.pristine = clean(first);
    rowsOf(this.list).forEach((row) => this.enliven(row));
    this.grow();
    this.stage.addEventListener("change", () => (this.stage.dataset.chosen = "yes"));
    this.list.addEventListener("change", (event) => event.target.matches("[data-reasons]") && this.chosen(event.target));
    this.list.addEventListener("crm:onward", (event) => this.onward(event.target));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-remove]")));
  }

  enliven(row) {
    become(row.querySelector("[data-reasons]"));
  }

  // There is always one empty row at the end.
  grow() {
    const rows = rowsOf(this.list);
    rows.forEach((row, at) => (row.querySelector("[data-remove]").hidden = at === rows.length - 1));
    if (!rows.at(-1).querySelector("[data-reasons]").value || rows.length >= Number(this.list.dataset.most)) return;
    const row = blank(this.source, this.pristine);
    this.list.append(row);
    this.enliven(row);
    this.grow();
  }

  chosen(select) {
    const [first] = rowsOf(this.list);
    const stage = select.selectedOptions[0]?.dataset.stage;
    if (stage && first.contains(select) && !this.stage.dataset.chosen) this.stage.value = stage;
    this.grow();
  }

  // From the reason to its detail, from the detail to the next row.
  onward(from) {
    const row = from.closest("[data-item]");
    if (from.matches("[data-reasons]")) return row.querySelector("[name=detail]").focus();
    return firstOf(row.nextElementSibling ?? row).focus();
  }

  key(event) {
    if (event.isComposing || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    if (!event.target.matches("[name=detail]")) return;
    event.preventDefault();
    this.onward(event.target);
  }

  remove(button) {
    if (!button) return;
    const row = button.closest("[data-item]");
    const next = row.nextElementSibling;
    row.remove();
    firstOf(next).focus();
    this.grow();
  }
}

const place = document.getElementById("visit");
let wanted = false; // it was called before it had come

function open() {
  const card = place.querySelector("[data-visit-card]");
  card.hidden = false;
  place.querySelector("[data-recorded]")?.remove();
  (card.querySelector("[data-errors]") ?? card.querySelector("[role=combobox]")).focus();
  wanted = false;
}

function begin() {
  for (const form of document.querySelectorAll("form[data-visit]:not([data-begun])")) {
    form.dataset.begun = "yes";
    new Items(form);
    if (wanted || !form.closest("[data-visit-card]").hidden) open();
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-visit]")) {
    place.querySelector("[data-visit-card]").hidden = true;
    document.querySelector("[data-opens-visit]")?.focus();
  }
  if (!event.target.closest("[data-opens-visit]") || event.ctrlKey || event.metaKey) return;
  const here = place.querySelector("form[data-visit]");
  if (!here && wanted) return; // it never came: the link leads to a page of its own
  event.preventDefault();
  wanted = true;
  if (here) open();
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target === place) begin();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== place) return;
  begin();
  place.querySelector("[data-recorded]")?.focus();
});
if (place) begin();
