// Forms: Ctrl-Enter saves the one that is written in, nothing is sent twice, what opens and the first thing to put right
// get the focus, nothing typed is lost.

const STUCK = 10_000; // ms
const changed = new Set();

const buttonsOf = (form) => [...form.elements].filter((control) => control.matches("button:not([type=button], [type=reset])"));

export function release(form) {
  delete form.dataset.sending;
  for (const button of buttonsOf(form)) button.removeAttribute("aria-busy");
}

const seenForms = (within) => [...within.querySelectorAll("form[data-save-keys]")].filter((form) => form.checkVisibility());

// The form around the focus, or the one below the headline that has it; elsewhere only where no other could be meant.
function meant(focused) {
  const own = focused.closest?.("form[data-save-keys]");
  const found = own ? [own] : seenForms(focused.closest?.("details") ?? document.querySelector("main"));
  return found.length === 1 ? found[0] : null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = meant(event.target);
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.matches("[data-search]")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  changed.delete(form);
  form.dataset.sending = "yes";
  for (const button of buttonsOf(form)) button.setAttribute("aria-busy", "true");
  setTimeout(release, STUCK, form); // an answer that is a download leaves the page where it is
}, true);

addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (!form) return;
  release(form);
  if (event.detail.failed && form.matches("[data-save-keys]")) changed.add(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-save-keys]");
  if (form) changed.add(form);
});
// What is chosen in one list usually says what to choose in another; the person may choose otherwise after that.
document.addEventListener("change", (event) => {
  const list = event.target;
  const other = list.dataset?.chooses && list.form?.elements[list.dataset.chooses];
  if (other) other.value = list.selectedOptions[0].dataset.chosen ?? "";
});
addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

// Into what opens, from its headline: at once, or when its form has come.
export function enter(fold) {
  if (!fold?.open || document.activeElement !== fold.querySelector("summary")) return;
  const controls = fold.querySelectorAll("form :is(input:not([type=hidden]), select, textarea, button)");
  [...controls].find((control) => control.checkVisibility())?.focus();
}
document.addEventListener("toggle", (event) => event.target.matches("details.fold") && enter(event.target), true);
document.addEventListener("htmx:afterSettle", (event) => enter(event.target.closest?.("details.fold")));

function focusErrors(within) {
  within.querySelector("[data-errors]")?.focus();
}
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
focusErrors(document);
