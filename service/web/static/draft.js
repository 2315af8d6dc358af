// What stands in a form[data-draft] is kept on the server: every ten seconds when something
// changed, and when the page is left. Nothing is kept in the browser.

import { owner, renewToken, signInAgain } from "./sign_in_again.js";

const EVERY_MS = 10_000;
const MOST_KEPT_ALIVE = 60_000; // bytes a browser still sends for a page that is gone
const AWAY = "草稿暂时没存上，会再试";
const EXPIRED = "登录已超时，新填的还没存成草稿";
const TOO_LONG = "内容太多，存不成草稿，请先登记";

const one = (selector, from = document) => from.querySelector(selector);
const isRadio = (form, name) => Boolean(one(`input[type=radio][name="${CSS.escape(name)}"]`, form));

// Blank fields come and go with what the rules ask and are nobody's typing; a blank radio is chosen.
const snapshot = (form) => new URLSearchParams(
  Array.from(new FormData(form)).filter(([name, value]) =>
    typeof value === "string" && name !== "csrf_token" && (value !== "" || isRadio(form, name)))).toString();

class Keeper {
  constructor(form) {
    this.form = form;
    this.key = form.elements.form_key.value;
    // a page that came back with errors holds text that stands nowhere else
    this.kept = one(".errs", form) || form.hasAttribute("data-typed") ? "" : snapshot(form);
    this.stopped = false;
    this.composing = false;
    this.call = null;
    this.sending = null;
  }

  begin() {
    setInterval(() => { if (!this.composing) this.save(); }, EVERY_MS);
    this.form.addEventListener("compositionstart", () => { this.composing = true; });
    this.form.addEventListener("compositionend", () => { this.composing = false; });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); });
    addEventListener("pagehide", () => this.save());
    document.addEventListener("keep-draft", () => this.save());
    document.addEventListener("signed-in-again", () => { this.stopped = false; this.save(); });
    document.addEventListener("submit", (event) => { if (event.target === this.form && this.form.dataset.sent && this.call) this.call.abort(); });
  }

  async save() {
    const content = snapshot(this.form);
    if (this.stopped || this.form.dataset.sent || content === this.kept || content === this.sending) return;
    if (this.call) this.call.abort();
    const call = this.call = new AbortController();
    this.sending = content;
    try {
      await this.heard(await this.send(content, call), content);
    } catch (error) {
      if (error.name !== "AbortError") this.say(AWAY, true);
    }
    if (this.call === call) this.sending = null;
  }

  async send(content, call) {
    const address = `/drafts/${this.key}`;
    const answer = await fetch(address, this.request(content, call));
    if (answer.status !== 400) return answer;
    await renewToken();
    return fetch(address, this.request(content, call));
  }

  request(content, call) {
    return {
      method: "PUT",
      body: new URLSearchParams(content),
      headers: { "X-CSRFToken": this.form.elements.csrf_token.value, "X-Form-Of": owner },
      redirect: "manual",
      keepalive: content.length < MOST_KEPT_ALIVE,
      signal: call.signal,
    };
  }

  async heard(answer, content) {
    if (answer.type === "opaqueredirect") { this.stop("expired"); return; }
    if (answer.status === 409) { this.stop("other"); return; }
    if (!answer.ok && answer.status !== 422) { this.say(AWAY, true); return; }
    this.kept = content;
    if (!answer.ok) { this.say(TOO_LONG, true); return; }
    this.say(await answer.text(), false);
    const address = `${location.pathname}?draft=${this.key}`;
    if (location.pathname + location.search !== address) history.replaceState(history.state, "", address);
  }

  stop(why) {
    this.stopped = true;
    this.say(EXPIRED, true);
    signInAgain(why);
  }

  // The first save is told aloud and so is what went wrong; the time of every later save is not.
  say(text, isFault) {
    const status = one("[data-draft-status]");
    if (!status) return;
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", isFault || !status.textContent ? "polite" : "off");
    status.textContent = text;
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Keeper(form).begin();
