// Forms: Ctrl-Enter saves, nothing is sent twice, the first thing to put right gets the focus, nothing typed is lost.

const STUCK = 10_000; // ms
const changed = new Set();

const buttonsOf = (form) => [...form.elements].filter((control) => control.matches("button:not([type=button], [type=reset])"));

export function release(form) {
  delete form.dataset.sending;
  for (const button of buttonsOf(form)) button.removeAttribute("aria-busy");
}

const seenForm = () => [...document.querySelectorAll("main form[data-save-keys]")].find((form) => form.checkVisibility());

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("form[data-save-keys]") ?? seenForm();
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
addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

function focusErrors(within) {
  within.querySelector("[data-errors]")?.focus();
}
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
focusErrors(document);
