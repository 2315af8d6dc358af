// Signing in again without leaving the page, and a warning before that is needed.
// Asking the server how long is left does not prolong the session; typing and 继续 do.

const WARN_S = 120;
const SLACK_S = 5;
const NOTED_WITHIN_S = 60; // the server notes activity once a minute
const TELL_EVERY_MS = 5 * 60 * 1000;
const TRY_AGAIN_S = 30;

const one = (selector, from = document) => from.querySelector(selector);
const kept = one("template[data-sign-in-again]");
const words = kept ? kept.dataset : {};
const token = () => one("input[name=csrf_token]").value;

export const owner = words.user || "";

// The token belongs to the browser, not to the sign-in; it is new when the browser was restarted.
export async function renewToken() {
  const answer = await fetch("/sign-in");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = one("input[name=csrf_token]", page);
  if (fresh) for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = fresh.value;
}

async function ask(method = "GET") {
  if (!kept) return { why: "" };
  const headers = method === "POST" ? { "X-CSRFToken": token() } : {};
  try {
    const answer = await fetch("/session", { method, headers, redirect: "manual" });
    if (answer.type === "opaqueredirect") return { why: "expired" };
    if (!answer.ok) return { why: "away" };
    const left = await answer.json();
    return { why: left.user === owner ? "" : "other", seconds: left.seconds };
  } catch {
    return { why: "away" };
  }
}

// "" when a form may be sent; else expired, other (somebody else signed in) or away.
export async function whyNotSent() {
  return (await ask()).why;
}

// ---- a box over the page: the rest is out of reach, Tab stays inside, the focus comes back

let box = null;
let before = null;
let covered = [];
let leaveBox = null;

function cover(name, leave) {
  uncover();
  before = document.activeElement;
  covered = Array.from(document.body.children);
  for (const node of covered) { node.setAttribute("inert", ""); node.setAttribute("aria-hidden", "true"); }
  box = one(`[data-${name}]`, kept.content).cloneNode(true);
  leaveBox = leave;
  one("[data-close]", box).addEventListener("click", leave);
  document.body.append(box);
  return box;
}

function uncover() {
  if (!box) return;
  box.remove();
  box = null;
  for (const node of covered) { node.removeAttribute("inert"); node.removeAttribute("aria-hidden"); }
  if (before && before.isConnected) before.focus();
}

function held(event) {
  if (!box) return;
  event.stopPropagation(); // shortcuts and scanned numbers are for the page below
  if (event.isComposing) return;
  if (event.key === "Escape") leaveBox();
  if (event.key !== "Tab") return;
  const stops = Array.from(box.querySelectorAll("button, input:not([type=hidden]):not([disabled])"));
  if (event.shiftKey) stops.reverse();
  const at = stops.indexOf(document.activeElement);
  if (at >= 0 && at < stops.length - 1) return;
  event.preventDefault(); // also when the focus is outside: browsers before inert let it out
  stops[0].focus();
}

// ---- signing in again

let waiting = null;
let settle = null;

// Resolves to true once the account the page was made for is signed in, to false when put off.
export function signInAgain(why = "expired") {
  if (!kept) return Promise.resolve(false);
  if (waiting) return waiting;
  waiting = new Promise((resolve) => { settle = resolve; });
  cover("again", () => leave(false));
  one("[data-why]", box).textContent = words[why] || words.expired;
  one("form", box).addEventListener("submit", submitted);
  one("[name=csrf_token]", box).value = token();
  one("[name=password]", box).focus();
  return waiting;
}

function leave(done) {
  const resolve = settle;
  waiting = settle = null;
  uncover();
  resolve(done);
  if (!done) return;
  one("[data-unsent]").hidden = true;
  document.dispatchEvent(new Event("signed-in-again"));
  checkAfter(Number(words.idle) - WARN_S);
}

async function enter(form, mayRenew = true) {
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") return "";
    if (answer.status === 400 && mayRenew) { await renewToken(); return await enter(form, false); }
    if (answer.status === 401) return await codeAsked(form, answer) ? words.code : refusal(form);
    return answer.status === 429 ? words.often : words.away;
  } catch {
    return words.away;
  }
}

// The password was right and a code is due: the same box asks for it, once.
async function codeAsked(form, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ticket = one("input[name=half_way]", page);
  if (!ticket || isAtCode(form)) return false;
  form.setAttribute("action", ticket.form.getAttribute("action"));
  form.elements.half_way.value = ticket.value;
  form.elements.half_way.disabled = form.elements.code.disabled = false;
  form.elements.password.disabled = true;
  one("[data-code]", form).hidden = false;
  one("[data-password]", form).hidden = true;
  return true;
}

const isAtCode = (form) => !form.elements.code.disabled;
const refusal = (form) => (isAtCode(form) ? words.codeRefused : words.refused);

async function submitted(event) {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.asking) return;
  form.dataset.asking = "yes";
  const refused = await enter(form);
  delete form.dataset.asking;
  if (!form.isConnected) return;
  if (!refused) { leave(true); return; }
  one("[data-error]", form).textContent = refused;
  const field = isAtCode(form) ? form.elements.code : form.elements.password;
  field.select();
  field.focus();
}

// ---- the warning two minutes before the session has rested too long

let timer = 0;
let checkedAt = Date.now();
let toldAt = Date.now();
let hasTyped = false;

function checkAfter(seconds) {
  clearTimeout(timer);
  timer = setTimeout(check, Math.max(seconds, 1) * 1000);
}

async function check() {
  checkedAt = Date.now();
  heard(await ask());
}

function heard({ why, seconds }) {
  if (waiting) return;
  if (why === "away") { checkAfter(TRY_AGAIN_S); return; }
  if (why) { gone(why); return; }
  if (seconds > WARN_S + SLACK_S) {
    uncover();
    checkAfter(seconds - WARN_S);
    return;
  }
  if (!box) warn(seconds);
  checkAfter(seconds + 1);
}

function warn(seconds) {
  cover("stay", goOn);
  one("[data-title]", box).textContent = `还有 ${Math.max(1, Math.round(seconds / 60))} 分钟自动退出，要继续吗？`;
  one("[data-close]", box).focus();
}

// A page with something typed keeps it under the dialog; any other leads to the sign-in page.
function gone(why) {
  if (hasTyped && one("form[data-guard]")) signInAgain(why);
  else if (why === "expired") location.replace(location.pathname + location.search);
}

// When even going on leaves no time, the longest a session may last is over: sign in anew.
async function goOn() {
  uncover();
  const left = await ask("POST");
  if (!left.why && left.seconds <= WARN_S + SLACK_S) signInAgain();
  else heard(left);
}

async function typed() {
  hasTyped = true;
  if (waiting || Date.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = Date.now();
  const left = await ask("POST");
  if (!left.why) heard(left);
}

if (kept) {
  addEventListener("keydown", held, true);
  checkAfter(Number(words.idle) - WARN_S - NOTED_WITHIN_S);
  document.addEventListener("input", typed);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - checkedAt > NOTED_WITHIN_S * 1000) check();
  });
}
