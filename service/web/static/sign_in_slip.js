// What the QR of a sign-in slip carries stands in the fragment, which never reaches a server: it
// fills the two fields and is taken out of the address at once.

const username = document.querySelector("input[name=username]");
const code = document.querySelector("input[name=sign_in_code]");
const slip = location.hash.slice(1);
const at = slip.lastIndexOf(".");

if (slip) history.replaceState(null, "", location.pathname);
if (at > 0 && username && code) {
  username.value = slip.slice(0, at).slice(0, 40);
  code.value = slip.slice(at + 1).slice(0, 60);
  document.querySelector("[data-filled]").hidden = false;
  document.querySelector("main button[type=submit]").focus();
}
