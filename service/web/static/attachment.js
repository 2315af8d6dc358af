// A file that cannot be taken is told before it is sent: afterwards the browser has forgotten it
// and it must be chosen once more. The server judges again.

const one = (selector, from = document) => from.querySelector(selector);

function tell(control, text) {
  const id = `${control.id}-error`;
  document.getElementById(id)?.remove();
  const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((each) => each && each !== id);
  control.toggleAttribute("aria-invalid", false);
  if (text) {
    const error = document.createElement("p");
    error.className = "fld-error";
    error.id = id;
    error.textContent = text;
    (control.closest(".fld-row") || control).before(error);
    control.setAttribute("aria-invalid", "true");
    others.push(id);
  }
  if (others.length) control.setAttribute("aria-describedby", others.join(" "));
  else control.removeAttribute("aria-describedby");
  return !text;
}

const form = one("form[data-most]");
if (form) {
  const { most, tooLarge, kindMissing } = form.dataset;
  const files = Array.from(form.querySelectorAll("input[type=file]"));
  const kind = one("select[name=kind]", form);
  const fits = (input) => tell(input, Array.from(input.files).some((file) => file.size > Number(most)) ? tooLarge : "");
  for (const input of files) input.addEventListener("change", () => fits(input));
  kind.addEventListener("change", () => { if (kind.value) tell(kind, ""); });
  form.addEventListener("submit", (event) => {
    const wrong = files.filter((input) => !fits(input));
    // with no file chosen nothing can be lost: the server says all that is missing
    if (files.some((input) => input.files.length) && !kind.value && !tell(kind, kindMissing)) wrong.push(kind);
    if (!wrong.length) return;
    event.preventDefault();
    wrong[0].focus();
  });
}
