// What script adds to pages that already work without it. No library, nothing inline,
// nothing kept about people: the only thing stored is whether single-key shortcuts are on.

const root = document.documentElement;
root.classList.add("js");

const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const one = (selector, from = document) => from.querySelector(selector);
const composing = (event) => event.isComposing || event.keyCode === 229;
const isTyping = (node) =>
  node.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit])");

// ---- single keys: / J K and the digits; can be switched off (WCAG 2.1.4)

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

let digits = "";
let digitsAt = 0;

// 1 chooses the first chip at once; a second digit typed right after it extends it to 1x.
function chooseByDigit(digit) {
  const boxes = all("[data-digit-keys] input");
  if (!boxes.length) return false;
  digits = Date.now() - digitsAt < 800 ? digits + digit : digit;
  if (Number(digits) > boxes.length) digits = digit;
  digitsAt = Date.now();
  const box = boxes[Number(digits) - 1];
  if (!box) return false;
  box.focus();
  box.click();
  return true;
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
  } else if (/^[0-9]$/.test(key) && chooseByDigit(key)) {
    event.preventDefault();
  }
});

// ---- forms: Ctrl+Enter, Enter to the next field, no double submit, unsaved warning

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.key !== "Enter") return;
  const form = event.target.closest("form");
  if (!form) return;
  if (event.ctrlKey && form.hasAttribute("data-ctrl-enter")) {
    event.preventDefault();
    form.requestSubmit(one("button.btn-main[type=submit], button.btn-stop[type=submit]", form));
  } else if (!event.ctrlKey && form.hasAttribute("data-enter-next") && event.target.matches("input, select")) {
    event.preventDefault();
    focusAfter(form, event.target);
  }
});

// One stop per radio group, as with the Tab key.
function focusAfter(form, field) {
  const stops = all("input, select, textarea, button.btn-main", form).filter((node) =>
    node.offsetParent && node.type !== "hidden" && node.tabIndex >= 0 &&
    (node.type !== "radio" || node.checked || !one(`input[name="${CSS.escape(node.name)}"]:checked`, form)));
  const later = stops.slice(stops.indexOf(field) + 1);
  const next = field.type === "radio" ? later.find((node) => node.name !== field.name) : later[0];
  if (next) next.focus();
}

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

// A form somebody typed much into asks first whether the session still stands; when it does not,
// or when nobody answers, the form stays as it is and says so.
async function whyNotSent() {
  try {
    const answer = await fetch("/session", { redirect: "manual" });
    return answer.status === 204 ? "" : "expired";
  } catch {
    return "away";
  }
}

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
  one("[data-unsent-text]", note).textContent = note.dataset[why];
  one("[data-unsent-link]", note).hidden = why !== "expired";
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
}

async function askThenSend(form, button) {
  block(form);
  const why = await whyNotSent();
  release(form);
  if (why) { sayUnsent(why); return; }
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
  block(form);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of all("form[data-sent]")) release(form);
});

// ---- small helps: first error, printing, growing text, counts, 万元, parties

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

// An organisation shows its credit code, a person an identity card.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-party-kind]")) return;
  const type = one("[data-party-id-type]", event.target.closest("[data-party]"));
  const usual = { person: "resident_id", organisation: "uscc" };
  if (type && Object.values(usual).includes(type.value)) type.value = usual[event.target.value] || type.value;
});

for (const button of all("[data-add-party]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const list = one("[data-parties]");
    const html = one("[data-party-template]").innerHTML.replaceAll("NEW", String(all("[data-party]", list).length));
    list.insertAdjacentHTML("beforeend", html);
    one("input:not([type=hidden])", list.lastElementChild).focus();
  });
}

// ---- filters apply at once; the list is swapped in place so the focus stays

let listCall = null;

async function applyFilters(form) {
  const query = new URLSearchParams(Array.from(new FormData(form)).filter(([, value]) => value !== ""));
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

// ---- the live route panel: 300 ms after the last key, older calls dropped, last good panel kept

const LIVE_DELAY = 300;
let liveTimer = 0;
let liveCall = null;

function putSlots(fragment) {
  for (const fresh of all("[data-slot]", fragment)) {
    const slot = one(`[data-slot="${fresh.dataset.slot}"]`);
    if (!slot || ("key" in fresh.dataset && fresh.dataset.key === slot.dataset.key)) continue;
    if (fresh.innerHTML === slot.innerHTML || slot.contains(document.activeElement)) continue;
    const wasOpen = Boolean(one("details[open]", slot));
    slot.innerHTML = fresh.innerHTML;
    for (const details of all("details", slot)) details.open = details.open || wasOpen;
    if ("key" in fresh.dataset) slot.dataset.key = fresh.dataset.key;
    if ("said" in fresh.dataset) one("[data-route-status]").textContent = fresh.dataset.said && `建议去向：${fresh.dataset.said}`;
    refreshHelps(slot);
  }
}

function showLiveFailure(text) {
  const failed = one("[data-live-failed]");
  failed.textContent = text;
  failed.hidden = false;
}

async function askRoute(form) {
  if (liveCall) liveCall.abort();
  const call = liveCall = new AbortController();
  const failed = one("[data-live-failed]");
  try {
    const answer = await fetch(form.dataset.live, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: call.signal });
    if (answer.redirected || answer.status === 401) { showLiveFailure(failed.dataset.expired); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    putSlots(new DOMParser().parseFromString(await answer.text(), "text/html"));
    failed.hidden = true;
  } catch (error) {
    if (error.name !== "AbortError") showLiveFailure(failed.dataset.away);
  }
}

for (const form of all("form[data-live]")) {
  const later = (event) => {
    if (event.isComposing) return;
    clearTimeout(liveTimer);
    liveTimer = setTimeout(askRoute, LIVE_DELAY, form);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("compositionend", later);
}
