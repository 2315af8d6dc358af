// What appears while a button is being pressed would push it away from under the pointer, and the
// press would be lost. Whatever changes the height of the page by itself waits until it is over.

let isDown = false;
let waiting = [];

function over() {
  isDown = false;
  const due = waiting;
  waiting = [];
  if (due.length) setTimeout(() => { for (const change of due) change(); }); // after the click
}

addEventListener("pointerdown", () => { isDown = true; }, true);
for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, (event) => { if (name !== "blur" || event.target === window) over(); }, true);

export function whenSteady(change) {
  if (isDown) waiting.push(change); else change();
}
