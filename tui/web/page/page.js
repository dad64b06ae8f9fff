// Keys go to the element that has the focus, and textual.js gives it to none: until somebody clicks, typing does nothing.
function focus() {
  const keyboard = document.querySelector(".xterm-helper-textarea");
  // anew: a screen begins as one that is not looked at, and is told by a change alone
  keyboard?.blur();
  keyboard?.focus();
}

document.addEventListener("DOMContentLoaded", () => {
  const again = document.getElementById("again");
  again.addEventListener("click", () => location.reload());
  // textual.js tells by classes of the body how far it is, and sets them anew with all that comes
  let before = "";
  new MutationObserver(() => {
    const now = document.body.className;
    if (now !== before) now.includes("-closed") ? again.focus() : focus();
    before = now;
  }).observe(document.body, { attributeFilter: ["class"] });
  window.addEventListener("focus", focus);
});
