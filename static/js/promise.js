// A promise to pay: quick choices set the day, a further part begins with what is left of the sum, a month later.
// Sums are counted in fen, as whole numbers.

const fen = (text) => (/^\d{1,9}(\.\d{0,2})?$/.test(text.trim()) ? Math.round(Number(text) * 100) : null);
const yuan = (sum) => `${Math.floor(sum / 100)}.${String(sum % 100).padStart(2, "0")}`;

function monthLater(day) {
  const then = new Date(`${day}T00:00:00Z`);
  then.setUTCDate(then.getUTCDate() + 30);
  return then.toISOString().slice(0, 10);
}

class Promised {
  constructor(form) {
    this.form = form;
    this.total = fen(form.elements.amount_1.value) ?? 0;
    this.parts = [...form.querySelectorAll("[data-part]")];
    this.more = form.querySelector("[data-add]");
    form.querySelectorAll("[data-day]").forEach((button) => button.addEventListener("click", () => this.choose(button)));
    this.parts.forEach((part) => (part.hidden = !this.boxes(part).some((box) => box.value)));
    if (this.more) this.more.addEventListener("click", () => this.add());
    form.querySelector("[data-parts]")?.addEventListener("toggle", (event) => this.opened(event.target.open));
    this.offer();
  }

  boxes(part) {
    return [...part.querySelectorAll("input")];
  }

  shown() {
    return this.parts.filter((part) => !part.hidden);
  }

  choose(button) {
    this.form.elements.due_on_1.value = button.dataset.day;
    this.form.elements.amount_1.focus();
    this.form.elements.amount_1.select();
  }

  opened(open) {
    if (open && !this.shown().length) this.add();
  }

  add() {
    const part = this.parts.find((each) => each.hidden);
    if (!part) return;
    const [day, amount] = this.boxes(part);
    const before = this.shown().length ? this.boxes(this.shown().at(-1))[0] : this.form.elements.due_on_1;
    const sums = [this.form.elements.amount_1, ...this.shown().map((each) => this.boxes(each)[1])];
    const left = this.total - sums.reduce((sum, box) => sum + (fen(box.value) ?? 0), 0);
    part.hidden = false;
    if (before.value) day.value = monthLater(before.value);
    if (left > 0) amount.value = yuan(left);
    amount.focus();
    amount.select();
    this.offer();
  }

  offer() {
    if (this.more) this.more.hidden = !this.parts.some((part) => part.hidden);
  }
}

document.querySelectorAll("form[data-promise]").forEach((form) => new Promised(form));
