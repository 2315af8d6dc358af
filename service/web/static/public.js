// What the QR on the slip carries stands in the fragment, which never reaches a server: it fills
// the two fields and is taken out of the address at once.

const number = document.querySelector("input[name=number]");
const code = document.querySelector("input[name=code]");
const slip = location.hash.slice(1);

if (slip && number && code) {
  const at = slip.lastIndexOf(".");
  history.replaceState(null, "", location.pathname);
  if (at > 0) {
    try {
      number.value = decodeURIComponent(slip.slice(0, at)).slice(0, 60);
      code.value = slip.slice(at + 1).slice(0, 60);
      document.querySelector("[data-filled]").hidden = false;
      document.querySelector("button[type=submit]").focus();
    } catch {
      number.focus();
    }
  }
}

const told = document.querySelector("[data-focus-first]");
if (told) told.focus();
