// Money at the counter: the change and what is paid ahead as one types, the sum of notes and coins, and the printer.
// Sums are counted in fen, as whole numbers.

const fen = (text) => (/^\d{1,9}(\.\d{0,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : null);
const yuan = (sum) => `${Math.floor(sum / 100)}.${String(sum % 100).padStart(2, "0")}`;

function say(place, sum) {
  place.hidden = !(sum > 0);
  if (sum > 0) place.querySelector("[data-sum]").textContent = yuan(sum);
}

class Payment {
  constructor(form) {
    this.form = form;
    this.amount = form.elements.amount;
    form.addEventListener("input", () => this.show());
    form.addEventListener("change", (event) => event.target.matches("[name=account]") && this.fill(event.target));
    this.amount.select();
    this.show();
  }

  fill(account) {
    this.amount.value = Number(account.dataset.owed) > 0 ? account.dataset.owed : "";
    this.show();
  }

  show() {
    const amount = fen(this.amount.value) ?? 0;
    const owed = fen(this.form.querySelector("[name=account]:checked")?.dataset.owed ?? "0") ?? 0;
    say(this.form.querySelector("[data-ahead]"), amount - owed);
    say(this.form.querySelector("[data-change]"), (fen(this.form.elements.given.value) ?? 0) - amount);
  }
}

function count(form) {
  const pieces = [...form.querySelectorAll("[data-piece]")];
  const cash = form.querySelector("[data-cash]");
  const add = () => {
    const sum = pieces.reduce((sum, box) => sum + Math.round(Number(box.dataset.piece) * 100) * (Number(box.value) || 0), 0);
    if (pieces.some((box) => box.value)) cash.value = yuan(sum);
  };
  pieces.forEach((box) => box.addEventListener("input", add));
}

document.querySelectorAll("form[data-pay]").forEach((form) => new Payment(form));
document.querySelectorAll("form[data-count]").forEach(count);
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
