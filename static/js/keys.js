// Single keys: a control with data-key="n" is pressed or focused by N, outside of fields. "?" shows the map.

import { enter } from "./forms.js";

const OFF = "crm.keys.off";
const dialog = document.getElementById("keys");
const list = dialog.querySelector("[data-keys]");
const toggle = dialog.querySelector("[data-keys-on]");

const isField = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
const isSeen = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function controlFor(key) {
  const within = document.querySelector("dialog[open]") ?? document;
  return [...within.querySelectorAll("[data-key]")].find((control) => control.dataset.key.toLowerCase() === key && isSeen(control));
}

function press(control) {
  if (isField(control)) {
    control.focus();
    control.select?.();
  } else {
    control.focus();
    if (control.matches("details.fold[open] > summary")) enter(control.parentElement);
    else control.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isField(event.target) || toggle.checked === false) return;
  if (event.key === "?" && !dialog.open) dialog.showModal();
  const control = controlFor(event.key.toLowerCase());
  if (!control) return;
  event.preventDefault();
  press(control);
});

function row(key, label) {
  const term = document.createElement("dt");
  const hint = document.createElement("kbd");
  hint.textContent = key.toUpperCase();
  term.append(hint);
  const words = document.createElement("dd");
  words.textContent = label.trim();
  for (const part of [term, words]) part.dataset.found = "yes";
  return [term, words];
}

// Drawn anew at each opening: panels come and go.
function draw() {
  list.querySelectorAll("[data-found]").forEach((part) => part.remove());
  for (const term of list.querySelectorAll("[data-needs]")) {
    term.hidden = term.nextElementSibling.hidden = !document.querySelector(term.dataset.needs);
  }
  const controls = [...document.querySelectorAll("[data-key][data-key-label]")].filter(isSeen);
  const known = new Map(controls.map((control) => [control.dataset.key, control.dataset.keyLabel]));
  list.prepend(...[...known].flatMap(([key, label]) => row(key, label)));
}

new MutationObserver(() => dialog.open && draw()).observe(dialog, { attributeFilter: ["open"] });
toggle.checked = localStorage.getItem(OFF) === null;
toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
