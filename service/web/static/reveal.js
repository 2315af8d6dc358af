// One masked field shown where it stands: the form why, then the value, for a minute.
// Without script the same happens on a page of its own.

const one = (selector, from = document) => from.querySelector(selector);
let open = null; // { link, box, timer }

function close() {
  if (!open) return;
  clearTimeout(open.timer);
  open.box.remove();
  open.link.hidden = false;
  open.link.focus();
  open = null;
}

async function part(address, options) {
  const answer = await fetch(address, { redirect: "manual", ...options });
  if (answer.type === "opaqueredirect") return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return one("[data-reveal-part]", page);
}

function put(found) {
  found.classList.add("reveal-box");
  found.classList.remove("card");
  open.box.replaceChildren(found);
  for (const node of found.querySelectorAll("[data-reveal-close]")) {
    node.addEventListener("click", (event) => { event.preventDefault(); close(); });
  }
  const form = one("form", found);
  if (form) {
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
    (one("[name=reason]", form) || form).focus();
    return;
  }
  open.timer = setTimeout(close, Number(found.dataset.seconds) * 1000);
  one("[data-reveal-close]", found).focus();
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  try {
    const found = await part(form.action, { method: "POST", body });
    if (found && open) put(found);
    else form.submit(); // signed out, or the page does not answer: as without script
  } catch {
    form.submit();
  }
}

async function begin(link) {
  close();
  const box = document.createElement("div");
  box.setAttribute("aria-live", "polite");
  link.after(box);
  open = { link, box, timer: 0 };
  try {
    const found = await part(link.href);
    if (!found || !open || open.link !== link) throw new Error("no form");
    link.hidden = true;
    put(found);
  } catch {
    if (open && open.link === link) window.location.assign(link.href);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reveal]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  begin(link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open && open.box.contains(event.target)) close();
});
window.addEventListener("pagehide", () => { if (open) { open.box.remove(); open.link.hidden = false; open = null; } });
