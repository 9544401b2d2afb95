// A session that has ended, or a page older than its sign-in: nothing typed is lost. The person signs in over the page,
// its forms get the new token, and what was asked for is asked for once more.

import { release } from "./forms.js";

const dialog = document.getElementById("again");
const form = dialog?.querySelector("form");
const fresh = new WeakSet(); // forms whose token was made sure of
const waiting = new Set(); // what goes on after the sign-in

const person = () => form.elements.username.value;

function renew(token) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
}

async function asked(options = {}) {
  const answer = await fetch(dialog.dataset.url, { ...options, headers: { Accept: "application/json" } });
  return { ok: answer.ok, status: answer.status, ...(await answer.json().catch(() => ({}))) };
}

// Goes on at once where the same person is signed in, else when they have signed in.
async function sure(goOn) {
  let session;
  try {
    session = await asked();
  } catch {
    document.dispatchEvent(new CustomEvent("crm:failed", { detail: "offline" }));
    return false;
  }
  if (session.ok && session.person === person()) {
    renew(session.token);
    goOn();
    return true;
  }
  form.elements.csrfmiddlewaretoken.value = session.token;
  waiting.add(goOn);
  if (!dialog.open) dialog.showModal();
  document.getElementById("again-password").focus();
  return false;
}

function keep(what) {
  release(what);
  what.dispatchEvent(new Event("input", { bubbles: true })); // still not saved
}

function send(what, submitter) {
  release(what);
  fresh.add(what);
  what.requestSubmit(submitter);
}

function again(element) {
  if (element.matches("form")) return send(element);
  fresh.add(element);
  htmx.trigger(element, element.getAttribute("hx-trigger")?.split(/[\s,]/)[0] || "click");
}

// A form that leaves the page would lose what it holds: make sure of the session first.
document.addEventListener("submit", (event) => {
  const leaving = event.target;
  if (!dialog || !leaving.matches("form[data-save-keys]:not([hx-post])") || fresh.delete(leaving)) return;
  event.preventDefault();
  const { submitter } = event;
  sure(() => send(leaving, submitter)).then((gone) => {
    if (!gone) keep(leaving);
  });
});

// Once for each thing: what fails again right after is told as any other failure.
document.addEventListener("crm:signed-out", (event) => {
  const what = event.detail.closest("form") ?? event.detail;
  if (what.matches("form")) keep(what);
  if (dialog && !fresh.delete(what)) sure(() => again(what));
  else document.dispatchEvent(new CustomEvent("crm:failed", { detail: "401" }));
});
document.addEventListener("htmx:afterSwap", (event) => fresh.delete(event.detail.requestConfig.elt));

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = document.getElementById("again-problem");
  let session;
  try {
    session = await asked({ method: "POST", body: new FormData(form) });
  } catch {
    document.dispatchEvent(new CustomEvent("crm:failed", { detail: "offline" }));
    return;
  } finally {
    release(form);
  }
  form.elements.password.value = "";
  problem.hidden = session.ok;
  problem.textContent = session.problem ?? "";
  if (!session.ok) return form.elements.password.focus();
  renew(session.token);
  dialog.close();
  for (const goOn of waiting) goOn();
  waiting.clear();
});
dialog?.addEventListener("close", () => waiting.clear());
