// Accepting a complaint: the class is found by typing and leads to the words; what a class asks for comes into sight.

import { become } from "./reasons.js";

const form = document.querySelector("form[data-complaint]");
const select = form.querySelector("[data-classes]");
const words = form.querySelector("[name=words]");

become(select);
const box = document.getElementById(`${select.id}_typed`);

function ask() {
  const asked = select.selectedOptions[0]?.dataset ?? {};
  for (const field of form.querySelectorAll("[data-asked]")) {
    const control = field.querySelector("input, select");
    field.hidden = !(asked[field.dataset.asked] || control.value || control.hasAttribute("aria-invalid"));
  }
}

select.addEventListener("change", ask);
select.addEventListener("crm:onward", () => words.focus());
form.querySelector("[data-settle]")?.addEventListener("toggle", (event) => {
  const settled = form.querySelector("[name=settled]");
  if (event.target.open && !settled.checked) settled.checked = true;
  if (!event.target.open) settled.checked = false;
});
form.querySelector("[data-ask]").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
});

ask();
const number = form.querySelector("[name=caller_number]:not(details *)"); // of a caller whom nobody knows
if (!form.querySelector("[data-errors]")) (number && !number.value ? number : box).focus();
