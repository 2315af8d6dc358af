// What is wrong with a field is told beside it once it is left, in the words the server would use
// after sending, and goes when it is mended. Nothing is blocked, the focus stays where it is.

import { whenSteady } from "./steady.js";

const MEND_DELAY_MS = 300;

const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const isWritten = (node) => node.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=hidden]):not([type=file])");
const errorOf = (id) => document.getElementById(`${id}-error`);

class FieldCheck {
  constructor(form) {
    this.form = form;
    this.status = one("[data-check-status]", form);
    // errors the page came with are watched too, even those about a field left empty
    this.told = new Set(all(".fld-error[id$='-error']", form).map((error) => error.id.slice(0, -"-error".length)));
    this.left = new Set(this.told);
    this.call = null;
    this.timer = 0;
  }

  begin() {
    const mine = (event) => (event.target.form || event.target) === this.form;
    document.addEventListener("change", (event) => {
      if (!mine(event)) return;
      if (event.target.id && isWritten(event.target)) this.left.add(event.target.id);
      this.ask();
    });
    document.addEventListener("input", (event) => {
      if (!mine(event) || event.isComposing || !event.target.hasAttribute("aria-invalid")) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), MEND_DELAY_MS);
    });
  }

  async ask() {
    if (!this.left.size) return;
    if (this.call) this.call.abort();
    const call = this.call = new AbortController();
    const fields = Array.from(new FormData(this.form)).filter(([, value]) => typeof value === "string");
    try {
      const answer = await fetch(this.form.dataset.check, { method: "POST", body: new URLSearchParams(fields), signal: call.signal });
      if (!answer.ok || answer.redirected) return; // the panels say that
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      whenSteady(() => { if (this.call === call) this.show(found); });
    } catch { /* a check that fails changes nothing: sending checks again */ }
  }

  show(found) {
    for (const id of this.left) {
      const control = document.getElementById(id);
      if (!control) { this.left.delete(id); continue; }
      const fresh = found.getElementById(`${id}-error`);
      const wanted = fresh && (this.told.has(id) || control.value.trim()) ? fresh : null;
      const shown = errorOf(id);
      if (shown && wanted && shown.textContent === wanted.textContent) continue;
      if (shown) this.remove(id, shown);
      if (wanted) this.put(id, control, document.importNode(wanted, true));
    }
    document.dispatchEvent(new Event("fields-checked"));
  }

  put(id, control, error) {
    const frame = control.closest(".fld-row, .story, .chips");
    if (frame) frame.before(error); else control.after(error);
    const group = control.type === "radio" ? all(`input[name="${CSS.escape(control.name)}"]`, this.form) : [control];
    for (const each of group) {
      each.setAttribute("aria-invalid", "true");
      each.setAttribute("aria-describedby", `${each.getAttribute("aria-describedby") || ""} ${error.id}`.trim());
    }
    const around = control.closest(".fld");
    if (around) around.classList.add("fld-bad");
    const label = control.labels && control.labels[0];
    if (this.status) this.status.textContent = `${label ? label.textContent : ""}：${error.textContent.trim()}`;
  }

  remove(id, error) {
    for (const each of all(`[aria-describedby~="${CSS.escape(error.id)}"]`, this.form)) {
      const rest = each.getAttribute("aria-describedby").split(" ").filter((about) => about !== error.id);
      each.removeAttribute("aria-invalid");
      if (rest.length) each.setAttribute("aria-describedby", rest.join(" ")); else each.removeAttribute("aria-describedby");
    }
    const around = error.closest(".fld");
    if (around) around.classList.remove("fld-bad");
    error.remove();
    if (this.status) this.status.textContent = "";
  }
}

for (const form of all("form[data-check]")) new FieldCheck(form).begin();
