// Says that somebody writes on this page, and that they have left it; who else is there comes with the answer.

const place = document.querySelector("[data-presence]");
const LASTS = 10_000; // milliseconds after the last key
let typedAt = -Infinity;

const types = () => performance.now() - typedAt < LASTS;

document.addEventListener("input", (event) => {
  if (!event.target.closest("main form[method=post]")) return;
  const begins = !types();
  typedAt = performance.now();
  if (begins) place.dispatchEvent(new Event("person-types"));
});

place.addEventListener("htmx:configRequest", (event) => {
  if (types()) event.detail.parameters.typing = "yes";
});

window.addEventListener("pagehide", () => {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "By-Itself": "yes" };
  fetch(place.getAttribute("hx-post"), { method: "POST", keepalive: true, headers, body: new URLSearchParams({ left: "yes" }) });
});
