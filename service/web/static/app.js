// What script adds to pages that already work without it. No library, nothing inline,
// nothing kept about people: the only thing stored is whether single-key shortcuts are on.

import { signInAgain, whyNotSent } from "./sign_in_again.js";

const root = document.documentElement;
root.classList.add("js");

const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const one = (selector, from = document) => from.querySelector(selector);
const composing = (event) => event.isComposing || event.keyCode === 229;
const isTyping = (node) =>
  node.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])");

// ---- a barcode scanner types a whole number within a moment and ends with Enter

const SCANNED = /^[A-Z]{1,10}[0-9]{4}-[0-9]{5,9}$|#[A-Z]{1,10}[0-9]{4}-[0-9]{5,9}\.[A-Z0-9]{8}$/i;
const NUMBER = /[A-Z]{1,10}[0-9]{4}-[0-9]{5,9}(?=$|\.[A-Z0-9]{8}$)/i;
const SCAN_GAP_MS = 50;
let scanned = "";
let scannedAt = 0;
let typedInto = null; // the field keys go into, what stood there before them, the keys, the last one's time

// A number scanned into a form is not meant for its field: it goes again, nothing is sent, and the
// dispute is offered in a page of its own. Where a form asks for numbers they stay.
function scanInField(event) {
  const field = event.target;
  const fast = typedInto && typedInto.field === field && event.timeStamp - typedInto.then < SCAN_GAP_MS;
  if (event.key.length === 1) {
    if (!fast) typedInto = { field, value: field.value, at: field.selectionStart, keys: "" };
    typedInto.keys += event.key;
    typedInto.then = event.timeStamp;
    return;
  }
  if (event.key === "Enter" && fast && SCANNED.test(typedInto.keys) && one(".bar-search")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    field.value = typedInto.value;
    if (typedInto.at !== null && typedInto.at !== undefined) field.setSelectionRange(typedInto.at, typedInto.at);
    field.dispatchEvent(new Event(field.matches("select") ? "change" : "input", { bubbles: true }));
    offerScanned(NUMBER.exec(typedInto.keys)[0].toUpperCase());
  }
  typedInto = null;
}

function offerScanned(number) {
  document.dispatchEvent(new Event("keep-draft"));
  for (const earlier of all(".scan-offer")) earlier.remove();
  const offer = document.createElement("div");
  offer.className = "msg msg-warn scan-offer";
  const said = document.createElement("span");
  said.textContent = `扫到编号 ${number}，没有写进表里，填好的都在。`;
  const open = document.createElement("button");
  open.className = "btn";
  open.textContent = "在新页打开这件";
  const leave = document.createElement("button");
  leave.className = "btn-text";
  leave.textContent = "不用";
  const from = document.activeElement;
  for (const button of [open, leave]) button.type = "button";
  const close = () => { offer.remove(); if (from && from.isConnected) from.focus(); };
  open.addEventListener("click", () => { searchInNewPage(number); close(); });
  leave.addEventListener("click", close);
  offer.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  offer.append(said, open, leave);
  one(".msgs").append(offer);
}

function searchInNewPage(number) {
  const form = one(".bar-search");
  const box = one("input[type=search]", form);
  const before = box.value;
  box.value = number;
  form.target = "_blank";
  form.requestSubmit();
  form.removeAttribute("target");
  box.value = before;
}

// Outside of fields keys that follow each other faster than a hand types are no shortcuts.
function catchScan(event) {
  if (event.key === "Shift" || event.repeat || composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isTyping(event.target)) {
    if (event.target.form && event.target.form.hasAttribute("data-guard") && !event.target.hasAttribute("data-takes-number")) scanInField(event);
    return;
  }
  const fast = event.timeStamp - scannedAt < SCAN_GAP_MS;
  scannedAt = event.timeStamp;
  if (event.key.length === 1) {
    scanned = fast ? scanned + event.key : event.key;
  } else {
    const form = event.key === "Enter" && fast && SCANNED.test(scanned) && one(".bar-search");
    if (form) { event.preventDefault(); one("input[type=search]", form).value = scanned; form.requestSubmit(); }
    scanned = "";
  }
  if (!fast) return;
  if (event.key === "Enter") event.preventDefault(); // on a radio it would send the form
  event.stopImmediatePropagation();
}
document.addEventListener("keydown", catchScan, true);

// ---- single keys: / J K; can be switched off (WCAG 2.1.4)

const KEYS = "fengqiao.keys";
const keysOn = () => localStorage.getItem(KEYS) !== "off";

function showKeysSwitch(button) {
  button.setAttribute("aria-pressed", String(keysOn()));
  button.textContent = keysOn() ? "单键快捷键：开" : "单键快捷键：关";
}

for (const button of all("[data-keys-switch]")) {
  showKeysSwitch(button);
  button.addEventListener("click", () => {
    localStorage.setItem(KEYS, keysOn() ? "off" : "on");
    showKeysSwitch(button);
  });
}

function moveRow(step) {
  const links = all("[data-row-link]");
  if (!links.length) return;
  const row = document.activeElement.closest("tr, [data-row]");
  const at = links.findIndex((link) => row && row.contains(link));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus();
  link.closest("tr, [data-row]").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!keysOn() || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === "/") {
    const search = one("#bar-q") || one("#q");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (key === "j" || key === "k") {
    moveRow(key === "j" ? 1 : -1);
  }
});

// ---- forms: Ctrl+Enter, no double submit, unsaved warning

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.key !== "Enter") return;
  const form = event.target.closest("form");
  if (!form) return;
  if (event.ctrlKey && form.hasAttribute("data-ctrl-enter")) {
    event.preventDefault();
    form.requestSubmit(one("button.btn-main[type=submit], button.btn-stop[type=submit]", form));
  }
});

const clean = new WeakMap();
const snapshot = (form) => new URLSearchParams(
  Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && name !== "csrf_token")).toString();

for (const form of all("form[data-guard]")) {
  // A page that came back with errors or asks about a conflict holds text nobody has saved.
  clean.set(form, one(".errs", form) || form.hasAttribute("data-typed") ? "" : snapshot(form));
}

addEventListener("beforeunload", (event) => {
  const dirty = all("form[data-guard]").some((form) => !form.dataset.sent && clean.get(form) !== snapshot(form));
  if (dirty) { event.preventDefault(); event.returnValue = ""; }
});

function block(form) {
  form.dataset.sent = "yes";
  for (const button of all("button[type=submit]", form)) button.setAttribute("aria-disabled", "true");
}

function release(form) {
  delete form.dataset.sent;
  delete form.dataset.asked;
  for (const button of all("[aria-disabled]", form)) button.removeAttribute("aria-disabled");
}

function sayUnsent(why) {
  const note = one("[data-unsent]");
  one("[data-unsent-text]", note).textContent = note.dataset[why] || note.dataset.expired;
  one("[data-unsent-link]", note).hidden = why === "away";
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
}

// A form somebody typed much into asks first whether the session still stands. When it does not,
// one signs in again over the page; put off, or when nobody answers, the form stays and says so.
async function askThenSend(form, button) {
  block(form);
  const why = await whyNotSent();
  release(form);
  if (why && (why === "away" || !(await signInAgain(why)))) { sayUnsent(why); return; }
  form.dataset.asked = "yes";
  form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.hasAttribute("data-guard") && !form.dataset.asked) {
    event.preventDefault();
    askThenSend(form, event.submitter);
    return;
  }
  if (form.target !== "_blank") block(form); // this page stays, and may ask again
});

addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of all("form[data-sent]")) release(form);
});

// ---- small helps: first error, printing, growing text, counts, 万元

const first = one("[data-focus-first]");
if (first) first.focus();

for (const button of all("[data-print]")) button.addEventListener("click", () => print());
addEventListener("beforeprint", () => { for (const box of all("details[data-print-open]")) box.open = true; });

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function echoMoney(input) {
  const echo = one(`output[for="${input.id}"]`);
  if (!echo) return;
  const yuan = Number(input.value.normalize("NFKC").replace(/[,，\s]/g, ""));
  echo.textContent = yuan >= 10000 ? `${Number((yuan / 10000).toFixed(4))} 万元` : "";
}

function refreshHelps(from) {
  for (const area of all("textarea[data-grow]", from)) if (area.value) grow(area);
  for (const input of all("[data-money]", from)) echoMoney(input);
}
refreshHelps(document);

document.addEventListener("input", (event) => {
  const node = event.target;
  if (node.matches("textarea[data-grow]")) grow(node);
  if (node.matches("[data-money]")) echoMoney(node);
  const count = node.id && one(`[data-count-for="${node.id}"]`);
  if (count) count.textContent = node.value ? `${node.value.length} / ${node.maxLength} 字` : "";
});

// ---- filters apply at once; the list is swapped in place so the focus stays

let listCall = null;

// An ID or phone number never stands in an address: the box of the bar posts it.
const holdsPrivateNumber = (text) => /[0-9]{10,}/.test((text || "").normalize("NFKC").replace(/[\s'-]/g, ""));

function askPrivately(text) {
  const box = one("#bar-q");
  if (!box) return;
  box.value = text;
  box.form.requestSubmit();
}

async function applyFilters(form) {
  const query = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => value !== ""));
  if (holdsPrivateNumber(query.get("q"))) { askPrivately(query.get("q")); return; }
  const url = `${form.getAttribute("action") || location.pathname}?${query}`;
  if (listCall) listCall.abort();
  const call = listCall = new AbortController();
  try {
    const answer = await fetch(url, { signal: call.signal, headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) { location.assign(url); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = one("[data-results]", page);
    if (!fresh) { location.assign(url); return; }
    const focused = document.activeElement && document.activeElement.id;
    one("[data-results]").replaceWith(document.importNode(fresh, true));
    history.pushState(null, "", url);
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form) applyFilters(form);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-autosubmit]")) return;
  event.preventDefault();
  applyFilters(event.target);
});
if (one("[data-results]")) addEventListener("popstate", () => location.reload());

// ---- the menu of the bar closes by Escape, by a click elsewhere, when the focus leaves it

for (const menu of all("details[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    one("summary", menu).focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}
