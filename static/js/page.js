// What every page has: menus and dialogs that open and close, messages, and words for answers that failed.

const LEAVES_AFTER = 7000;

function leave(toast) {
  toast.remove();
}

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "yes";
  if (!toast.matches(".success, .info")) return;
  let timer = setTimeout(leave, LEAVES_AFTER, toast);
  for (const stays of ["mouseenter", "focusin"]) toast.addEventListener(stays, () => clearTimeout(timer));
  for (const goes of ["mouseleave", "focusout"]) {
    toast.addEventListener(goes, () => {
      clearTimeout(timer);
      timer = setTimeout(leave, LEAVES_AFTER, toast);
    });
  }
}

function watchToasts() {
  document.querySelectorAll("[data-toast]").forEach(watch);
}

// Says that a request failed, in the words the page brought along for this status.
function sayFailed(status) {
  const words = document.getElementById("failed-words").content;
  const shown = words.querySelector(`[data-status="${status}"]`) ?? words.querySelector('[data-status="other"]');
  const toast = document.getElementById("failed-toast").content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = shown.textContent;
  const toasts = document.getElementById("messages");
  toasts.querySelectorAll("[data-failed-toast]").forEach(leave);
  toast.dataset.failedToast = "yes";
  toasts.append(toast);
}

// static/js/session.js signs the person in again and asks once more for what failed.
function signedOut(asked) {
  document.dispatchEvent(new CustomEvent("crm:signed-out", { detail: asked }));
}

// What the page asks without the person, again and again, fails in silence.
const asksByItself = (element) => element?.matches?.("[data-polls]");

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-opens]");
  if (opens) document.getElementById(opens.dataset.opens).showModal();
  const focuses = event.target.closest("[data-focuses]");
  if (focuses) document.getElementById(focuses.dataset.focuses).focus();
  const close = event.target.closest("[data-close]");
  if (close) (close.closest("dialog") ?? { close: () => leave(close.closest("[data-toast]")) }).close();
  if (event.target.matches("dialog")) event.target.close(); // on the backdrop
});

// A session that has ended answers with the sign-in page: never put that inside this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = event.detail.pathInfo?.finalRequestPath ?? "";
  const answered = event.detail.xhr.responseURL;
  const elsewhere = answered && new URL(answered).pathname !== new URL(asked, location.href).pathname;
  if (!elsewhere || !event.detail.xhr.responseText.includes("<!DOCTYPE html>")) return;
  event.detail.shouldSwap = false;
  signedOut(event.detail.requestConfig.elt);
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (asksByItself(requestConfig.elt)) return;
  if (xhr.getResponseHeader("Form-Too-Old")) signedOut(requestConfig.elt);
  else sayFailed(xhr.status);
});
for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, (event) => asksByItself(event.detail.elt) || sayFailed("offline"));
}
document.addEventListener("htmx:afterSettle", watchToasts);
document.addEventListener("crm:failed", (event) => sayFailed(event.detail));
watchToasts();
