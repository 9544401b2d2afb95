// My day by keyboard: on a row 1 to 5 answer, W writes a note, U takes an answer back; the list waits while one types.

const fields = "input, textarea, select";
const rowOf = (element) => element?.closest?.("[data-day-row]");
const linkOf = (row) => row?.querySelector("a[href]");
const off = () => localStorage.getItem("crm.keys.off");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || off()) return;
  const row = rowOf(event.target);
  if (!row) return;
  if (event.target.matches("[data-day-note]")) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // back on the row the next key answers
    linkOf(row).focus();
    return;
  }
  if (event.target.matches(fields)) return;
  const key = event.key.toLowerCase();
  const control = key === "w" ? row.querySelector("[data-day-note]") : row.querySelector(`[data-answer="${CSS.escape(key)}"]`);
  if (!control) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (key === "w") return control.focus();
  window.htmx.process(row); // a row that was just drawn: a quick key must not send its form the long way
  control.click();
}, true);

// After an answer the row stays for a while, to be taken back; the focus is on it, J goes on.
document.addEventListener("htmx:afterSwap", (event) => {
  const row = rowOf(event.detail.elt) ?? rowOf(event.target);
  if (row && row.isConnected) linkOf(row)?.focus();
});

// The list is not drawn anew under somebody's hands, nor just after an answer that may be taken back.
const HOLD = 12_000; // ms
let answeredAt = 0;
document.addEventListener("htmx:afterRequest", (event) => {
  if (rowOf(event.detail.elt)) answeredAt = Date.now();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.elt.matches("[data-day]")) return;
  const typing = [...document.querySelectorAll("[data-day-note]")].some((note) => note.value || note === document.activeElement);
  if (typing || Date.now() - answeredAt < HOLD) event.preventDefault();
});
