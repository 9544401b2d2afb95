// A form that is filled in with digits: within a group of choices the digit n chooses the nth and leads to the next field.

function choose(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
  const group = event.target.closest("fieldset");
  if (event.target.type !== "radio" || !group) return;
  const choice = group.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  const fields = [...event.currentTarget.querySelectorAll("input:not([type=hidden]), textarea, select")];
  fields.slice(fields.indexOf(choice) + 1).find((field) => !group.contains(field))?.focus();
}

document.querySelectorAll("form[data-digits]").forEach((form) => form.addEventListener("keydown", choose));
