// The buttons of a slip: each prints on its own paper, and afterwards the next visitor is one key
// away. A printing that was cancelled leaves everything as it stands.

const body = document.body;
const buttons = Array.from(document.querySelectorAll("[data-paper]"));
const next = document.querySelector("[data-next]");

for (const button of buttons) {
  button.addEventListener("click", () => {
    body.classList.remove("paper-a4", "paper-80");
    body.classList.add(`paper-${button.dataset.paper}`);
    print();
  });
}

addEventListener("afterprint", () => { if (next) next.focus(); });

const first = document.querySelector("[data-paper-first]");
if (first) first.focus();
