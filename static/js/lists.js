// Lists marked data-list-keys: J and K (or the arrows, once inside) move from row to row, Enter opens the row's link.

const fields = "input, textarea, select, [contenteditable], dialog *, [role=combobox]";
const ROWS = "tbody > tr, :scope > li";
const linkOf = (row) => row.querySelector("a[href]");
const rowsOf = (list) => [...list.querySelectorAll(ROWS)].filter(linkOf);

function step(list, by) {
  const rows = rowsOf(list);
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here === -1 ? (by > 0 ? 0 : rows.length - 1) : here + by;
  if (!rows[next]) return false;
  linkOf(rows[next]).focus();
  rows[next].scrollIntoView({ block: "nearest" });
  return true;
}

// Past the end of one list comes the next one on the page.
function move(by) {
  const lists = [...document.querySelectorAll("[data-list-keys]")].filter((list) => rowsOf(list).length);
  const here = lists.findIndex((list) => list.contains(document.activeElement));
  const from = here === -1 ? (by > 0 ? 0 : lists.length - 1) : here;
  return lists[from] && (step(lists[from], by) || (lists[from + by] && step(lists[from + by], by)));
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches(fields) || localStorage.getItem("crm.keys.off")) return;
  const inside = event.target.closest("[data-list-keys]");
  const by = { j: 1, k: -1, ...(inside && { ArrowDown: 1, ArrowUp: -1 }) }[event.key];
  if (by && move(by) !== undefined) event.preventDefault();
});
