// The intake form at the window: rows that come and go, one key for a category, Enter to the next
// field, ID-card readers, a visit that goes quiet, and the panels that answer while one types.
// Everything here is help: the form works without it.

import { signInAgain } from "./sign_in_again.js";
import { whenSteady } from "./steady.js";

const LIVE_DELAY_MS = 300;
const SECOND_DIGIT_MS = 1000;
// what a panel looks at; one that is not named here looks at everything
const LOOKS_AT = {
  "/categories/panel": /^(narrative|category|facts\..*)$/,
  "/duplicates/panel": /^(parties\.|place\.|category$|narrative$|occurred_on$)/,
};

const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
const one = (selector, from = document) => from.querySelector(selector);
const composing = (event) => event.isComposing || event.keyCode === 229;
const isTyping = (node) =>
  node.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=file])");
const changed = (node) => node.dispatchEvent(new Event("change", { bubbles: true }));

const form = one("#intake");

// ---- one key for a category: 1 chooses at once, a second digit typed right after makes it 1x

let digits = "";
let digitsAt = -SECOND_DIGIT_MS;

function chooseByDigit(digit, at) {
  const boxes = all("[data-digit-keys] input", form);
  digits = at - digitsAt < SECOND_DIGIT_MS ? digits + digit : digit;
  if (Number(digits) > boxes.length) digits = digit;
  digitsAt = at;
  const box = boxes[Number(digits) - 1];
  if (!box) return false;
  box.focus();
  box.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (localStorage.getItem("fengqiao.keys") === "off" || isTyping(event.target)) return;
  if (event.target.closest("dialog, [role=dialog]")) return;
  const digit = event.key.normalize("NFKC");
  if (/^[0-9]$/.test(digit) && chooseByDigit(digit, event.timeStamp)) event.preventDefault();
});

// ---- Enter goes on: past what is rarely changed, a group of boxes is one stop

function focusAfter(field) {
  const stops = all("input, select, textarea, button.btn-main", form).filter((node) =>
    node.offsetParent && node.type !== "hidden" && node.tabIndex >= 0 &&
    (node === field || !node.hasAttribute("data-enter-skip")) &&
    (node.type !== "radio" || node.checked || !one(`input[name="${CSS.escape(node.name)}"]:checked`, form)));
  const group = field.closest("[data-enter-once]");
  const next = stops.slice(stops.indexOf(field) + 1).find((node) =>
    (field.type !== "radio" || node.name !== field.name) && !(group && group.contains(node)));
  if (next) next.focus();
}

form.addEventListener("keydown", (event) => {
  if (composing(event) || event.key !== "Enter" || event.ctrlKey) return;
  if (!event.target.matches("input:not([type=file]), select")) return;
  event.preventDefault();
  if (event.target.matches("[data-card]")) takeCard(event.target);
  focusAfter(event.target);
});

// ---- an ID-card reader types name, number and address into one field

const CARD = /(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])/;
const CARD_WORDS = /(姓名|性别|民族|出生|住址|公民身份号码|身份证号码?|签发机关|有效期限)[:\s]*/;
const stripped = (text) => text.replace(/\s+/g, " ").replace(/^[ ,、;:|]+|[ ,、;:|]+$/g, "");

function readCard(text) {
  const told = text.normalize("NFKC");
  const found = CARD.exec(told);
  if (!found) return null;
  let name = told.slice(0, found.index);
  let address = told.slice(found.index + found[0].length);
  if (told.includes("姓名")) {
    const parts = told.split(CARD_WORDS);
    const named = {};
    for (let at = 1; at < parts.length; at += 2) named[parts[at]] = parts[at + 1];
    name = named["姓名"] || "";
    address = named["住址"] || "";
  }
  return { name: stripped(name), number: found[0].toUpperCase(), address: stripped(address.replace(CARD, "")) };
}

// What already stands in a field is never replaced.
function takeCard(field) {
  const card = readCard(field.value);
  const row = field.closest("[data-party]");
  const number = one("input[name$='.id_number']", row);
  if (!card || (number.value.trim() && number.value.trim() !== card.number)) return;
  const name = one("input[name$='.name']", row);
  const address = one("input[name$='.address']", row);
  number.value = card.number;
  if (field === name) name.value = card.name;
  else field.value = "";
  if (field !== name && card.name && !name.value.trim()) name.value = card.name;
  if (address && card.address && !address.value.trim()) address.value = card.address;
  changed(number);
}

form.addEventListener("change", (event) => { if (event.target.matches("[data-card]")) takeCard(event.target); });

// ---- rows of parties and of matters

const nextRow = (selector, attribute) =>
  Math.max(-1, ...all(selector, form).map((row) => Number(row.dataset[attribute]))) + 1;

function addParty(event) {
  event.preventDefault();
  const list = one("[data-parties]", form);
  const row = document.createElement("template");
  row.innerHTML = one("[data-party-template]", form).innerHTML.replaceAll("NEW", String(nextRow("[data-party]", "partyRow")));
  const after = one("[data-after-parties]", list);
  list.insertBefore(row.content, after);
  const made = after.previousElementSibling;
  fillPrincipals();
  one("select, input:not([type=hidden])", made).focus();
}

// The focus goes to the next row that can be taken away, or to where a row is added.
function removeParty(event, button) {
  event.preventDefault();
  const rows = all("[data-party]", form).filter((row) => one("[data-remove-party]", row));
  const gone = button.closest("[data-party]");
  const next = rows[rows.indexOf(gone) + 1];
  gone.remove();
  fillPrincipals();
  (next ? one("select, input:not([type=hidden])", next) : one("[data-add-party]", form)).focus();
  changed(form);
}

function addMatter(event) {
  event.preventDefault();
  const list = one("[data-matters]", form);
  const taken = all("[data-matter] select[name$='.category']", list).map((field) => Number(field.name.split(".")[1]));
  if (taken.length + 2 > Number(event.currentTarget.dataset.addMatter)) return;
  const row = document.createElement("template");
  row.innerHTML = one("[data-matter-template]", form).innerHTML.replaceAll("NEW", String(Math.max(0, ...taken) + 1));
  list.append(row.content);
  countMatters();
  one("select", list.lastElementChild).focus();
}

function countMatters() {
  const rows = all("[data-matter]", form);
  rows.forEach((row, place) => { for (const each of all("[data-matter-place]", row)) each.textContent = String(place + 2); });
  const button = one("[data-add-matter]", form);
  if (button) button.hidden = rows.length + 1 >= Number(button.dataset.addMatter);
}

function removeMatter(event, button) {
  event.preventDefault();
  button.closest("[data-matter]").remove();
  countMatters();
  one("[data-add-matter]", form).focus();
  changed(form);
}

// Whom an agent or guardian may stand for: everybody who speaks for themselves.
function fillPrincipals() {
  const rows = all("[data-party]", form).filter((row) => !["agent", "guardian"].includes(row.dataset.role));
  const words = { applicant: "申请人", respondent: "被申请人", third_party: "第三人" };
  for (const select of all("[data-represents]", form)) {
    const chosen = select.value;
    const options = rows.map((row) => {
      const name = one("input[name$='.name']", row).value.trim();
      return new Option(`${words[row.dataset.role] || ""} ${name}`.trim(), row.dataset.partyRow);
    });
    select.replaceChildren(new Option("代表谁", ""), ...options);
    select.value = options.some((option) => option.value === chosen) ? chosen : "";
  }
}

function partyChanged(field) {
  const row = field.closest("[data-party]");
  if (field.matches("[data-party-role]")) row.dataset.role = field.value;
  if (field.matches("[data-party-kind]")) {
    usualPaper(row, field.value);
    row.dataset.kindChosen = "yes";
    sayWhy(row, "");
  }
  if (field.matches("[data-party-name]")) guessKind(row);
  fillPrincipals();
}

// ---- a company that was taken for a person: its name says so, the clerk has the last word

const UNIT_ENDINGS = form.dataset.unitEndings.split(" ").sort((one, other) => other.length - one.length);
const LEAST_LETTERS = 3;

function unitEnding(name) {
  const ending = UNIT_ENDINGS.find((each) => name.endsWith(each));
  return ending && (ending.length > 1 || name.length >= LEAST_LETTERS) ? ending : "";
}

function sayWhy(row, text) {
  const why = one("[data-kind-why]", row);
  if (!why) return;
  whenSteady(() => { why.hidden = !text; why.textContent = text; });
}

// What the clerk chose stays; a guess goes again with the name it came from.
function guessKind(row) {
  const kind = one("[data-party-kind]", row);
  if (!kind || row.dataset.kindChosen) return;
  const name = one("[data-party-name]", row);
  if (name.value === name.defaultValue && !row.dataset.kindGuessed) return; // it came so from the server
  const ending = unitEnding(name.value.trim());
  if (!ending && !row.dataset.kindGuessed) return;
  if (ending && !row.dataset.kindGuessed && kind.value !== "person") return;
  kind.value = ending ? "organisation" : "person";
  if (ending) row.dataset.kindGuessed = "yes"; else delete row.dataset.kindGuessed;
  usualPaper(row, kind.value);
  sayWhy(row, ending ? `名称以“${ending}”结尾，已选单位；不是单位请改回个人` : "");
}

function usualPaper(row, kind) {
  const type = one("[data-party-id-type]", row);
  const usual = { person: "resident_id", organisation: "uscc" };
  if (Object.values(usual).includes(type.value)) type.value = usual[kind] || type.value;
}

function showInterpreter() {
  const line = one("[data-interpreter]", form);
  const spoken = all("[data-party-language]", form).some((field) => field.value === "mn");
  line.hidden = !spoken && !one("input", line).value;
}

function toggle(event) {
  event.preventDefault();
  const part = document.getElementById(event.currentTarget.dataset.toggle);
  part.hidden = !part.hidden;
  event.currentTarget.setAttribute("aria-expanded", String(!part.hidden));
  if (!part.hidden) one("textarea, input", part).focus();
}

// ---- a quiet visit: what could endanger somebody is not asked first

function quieten() {
  const route = one("[data-slot=route]");
  const quiet = Boolean(route.dataset.quiet) || all("[data-quiets]", form).some((box) => box.checked);
  const line = one("[data-quiet-line]", form);
  form.classList.toggle("is-quiet", quiet);
  for (const part of all("[data-fold]", form)) {
    const field = one("input", part);
    part.classList.toggle("folded", quiet && !field.value && field !== document.activeElement);
  }
  if (line.hidden !== quiet) return;
  line.hidden = !quiet;
  line.textContent = quiet ? line.dataset.text : "";
}

// ---- what is still missing

const ERRORS_OF_MISSING = ["f-parties-0-name-error", "f-category-error", "f-narrative-error"];

function showMissing() {
  const note = one("[data-missing]", form);
  const missing = [];
  if (!all("input[name$='.name']", form).some((field) => field.closest("[data-party]").dataset.role === "applicant" && field.value.trim())) missing.push("申请人姓名");
  if (!one("input[name=category]:checked", form)) missing.push("类别");
  if (!one("[name=narrative]", form).value.trim()) missing.push("经过");
  const wrong = all(".fld-error[id]", form).filter((error) => !missing.length || !ERRORS_OF_MISSING.includes(error.id));
  const said = [missing.length ? `还差：${missing.join("、")}` : "", wrong.length ? `还要改 ${wrong.length} 处` : ""].filter(Boolean).join("；");
  const unasked = all("[data-asked]", form).some((sign) => !one("input:checked", sign));
  one("[data-danger-line]", form).hidden = !unasked;
  note.textContent = said || (unasked ? "" : note.dataset.ready);
}

// ---- live panels: 300 ms after the last key, older calls dropped, the last good panel kept

const failed = one("[data-live-failed]");
const failing = new Map();

function putSlots(fragment) {
  for (const fresh of all("[data-slot]", fragment)) {
    const slot = one(`[data-slot="${fresh.dataset.slot}"]`);
    if (!slot || ("key" in fresh.dataset && fresh.dataset.key === slot.dataset.key)) continue;
    if (slot.contains(document.activeElement)) continue;
    for (const name of ["key", "said", "quiet", "count"]) if (name in fresh.dataset) slot.dataset[name] = fresh.dataset[name];
    if ("said" in fresh.dataset) sayRoute(fresh.dataset.said);
    if ("count" in fresh.dataset) sayDuplicates(Number(fresh.dataset.count));
    if (fresh.innerHTML === slot.innerHTML) continue;
    const opened = all("details[open] > summary", slot).map((summary) => summary.textContent);
    slot.innerHTML = fresh.innerHTML;
    for (const details of all("details", slot)) if (opened.includes(one("summary", details).textContent)) details.open = true;
  }
  quieten();
  showMissing();
}

function sayRoute(said) {
  const status = one("[data-route-status]");
  const told = said && `建议去向：${said}`;
  if (status.textContent !== told) status.textContent = told;
  const line = one("[data-route-line]", form);
  line.textContent = said;
  line.hidden = !said;
}

function sayDuplicates(count) {
  const line = one("[data-duplicate-line]", form);
  one("[data-duplicate-count]", line).textContent = String(count);
  line.hidden = !count;
}

function tellFailures() {
  const why = Array.from(failing.values());
  const expired = why.includes("expired");
  const told = one("[data-live-why]", failed);
  const text = why.length ? told.dataset[expired ? "expired" : "away"] : "";
  failed.hidden = !why.length;
  one("[data-sign-in-here]", failed).hidden = !expired;
  if (told.textContent !== text) told.textContent = text;
}

// Whoever has signed in again is told anew what the panels say.
one("[data-sign-in-here]", failed).addEventListener("click", () => signInAgain());
document.addEventListener("signed-in-again", () => { for (const panel of panels) panel.ask(); });

class Panel {
  constructor(address) {
    this.address = address;
    this.asked = this.seen();
    this.call = null;
  }

  fields() {
    return Array.from(new FormData(form)).filter(([, value]) => typeof value === "string");
  }

  seen() {
    const looked = LOOKS_AT[this.address];
    return JSON.stringify(this.fields().filter(([name]) => !looked || looked.test(name)));
  }

  async ask() {
    const seen = this.seen();
    if (seen === this.asked && !failing.has(this.address)) return;
    this.asked = seen;
    if (this.call) this.call.abort();
    const call = this.call = new AbortController();
    try {
      const answer = await fetch(this.address, { method: "POST", body: new URLSearchParams(this.fields()), signal: call.signal });
      // without its cookie a page has no token either: that is a 400
      const expired = answer.redirected || answer.status === 401 || answer.status === 400;
      if (expired || !answer.ok) { this.fail(expired ? "expired" : "away"); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      whenSteady(() => { if (this.call === call) putSlots(fresh); });
      failing.delete(this.address);
      tellFailures();
    } catch (error) {
      if (error.name !== "AbortError") this.fail("away");
    }
  }

  fail(why) {
    failing.set(this.address, why);
    tellFailures();
  }
}

const panels = form.dataset.live.split(" ").filter(Boolean).map((address) => new Panel(address));
let timer = 0;

function later(event) {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(() => { for (const panel of panels) panel.ask(); }, LIVE_DELAY_MS);
}

// ---- the wiring

function settle(event) {
  showMissing();
  showInterpreter();
  if (event && event.target.matches && event.target.matches("[data-quiets]")) quieten();
}

for (const name of ["input", "change", "compositionend"]) {
  document.addEventListener(name, (event) => {
    if (event.target !== form && event.target.form !== form) return;
    settle(event);
    later(event);
  });
}
form.addEventListener("change", (event) => {
  if (event.target.closest && event.target.closest("[data-party]")) partyChanged(event.target);
});
form.addEventListener("focusout", () => setTimeout(quieten));
form.addEventListener("submit", () => { for (const row of all("[data-party]", form)) guessKind(row); });
document.addEventListener("fields-checked", showMissing);
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove-matter], [data-remove-party]");
  if (button) (button.matches("[data-remove-party]") ? removeParty : removeMatter)(event, button);
});
for (const button of all("[data-add-party]", form)) button.addEventListener("click", addParty);
for (const button of all("[data-add-matter]", form)) button.addEventListener("click", addMatter);
for (const button of all("[data-toggle]", form)) button.addEventListener("click", toggle);

// A category that the words of the story suggest; the question that comes next may lie folded.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-category]");
  if (button) {
    const box = one(`input[name=category][value="${CSS.escape(button.dataset.chooseCategory)}"]`, form);
    if (box) { event.preventDefault(); box.checked = true; one("[name=narrative]", form).focus(); changed(box); }
  }
  const sign = event.target.closest("[data-tick-fact]");
  const tick = sign && one(`input[name="facts.${CSS.escape(sign.dataset.tickFact)}"]`, form);
  if (tick) { event.preventDefault(); tick.checked = true; one("[name=narrative]", form).focus(); changed(tick); }
  const link = event.target.closest("a[href^='#f-']");
  const aim = link && document.getElementById(link.hash.slice(1));
  if (!aim) return;
  const folded = aim.closest("details");
  if (folded) folded.open = true;
});

fillPrincipals();
countMatters();
quieten();
settle();
// The next visitor's name comes first; a form that came back with errors leads to those instead.
if (!one(".errs") && document.activeElement === document.body) (one("[autofocus]", form) || one("input[name='parties.0.name']", form)).focus();
