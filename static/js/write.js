// Writing to a customer: the list of templates becomes a box one types into, and what is chosen leads to the next field.

import { become } from "./reasons.js";

const select = document.querySelector("[data-templates]");
const onward = () => document.querySelector("#written input, #written textarea")?.focus();

become(select);
document.querySelector(`#${select.id}_typed`).focus();
select.addEventListener("crm:onward", () => (select.dataset.onward = "yes"));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "written" || !select.dataset.onward) return;
  delete select.dataset.onward;
  onward();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Tab" && event.target.id === `${select.id}_typed`) delete select.dataset.onward;
});
