// While a question is being typed: what in it speaks of danger, told below. It stops nothing, and a
// call that fails leaves what stands there.

const PAUSE_MS = 600;

const form = document.querySelector("form[data-signs-url]");
const question = form && form.elements.question;
let waiting = null;
let call = null;

async function look() {
  if (call) call.abort();
  call = new AbortController();
  const body = new URLSearchParams({ question: question.value, csrf_token: form.elements.csrf_token.value });
  try {
    const answer = await fetch(form.dataset.signsUrl, { method: "POST", body, redirect: "manual", signal: call.signal });
    if (!answer.ok) return;
    const fresh = document.createRange().createContextualFragment(await answer.text()).querySelector("[data-slot=signs]");
    const slot = form.querySelector("[data-slot=signs]");
    if (slot.contains(document.activeElement) || slot.innerHTML === fresh.innerHTML) return;
    slot.innerHTML = fresh.innerHTML;
  } catch {
    // away, or overtaken by the next call
  }
}

if (question) {
  question.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) waiting = setTimeout(look, PAUSE_MS);
  });
  question.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE_MS);
  });
}
