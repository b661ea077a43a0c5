/* What a page needs of crowd-html-elements, for tests: the form around its children, its submit(),
   and the style that gives every form and body the height of the window. The answer is left in
   window.answer. */
(function () {
  "use strict";
  const style = document.createElement("style");
  style.textContent = "body, form { font-family: sans-serif; margin: 0; height: 100%; width: 100% }";
  document.head.append(style);
  customElements.define("crowd-form", class extends HTMLElement {
    connectedCallback() {
      if (this.form) return;
      document.addEventListener("DOMContentLoaded", () => {
        this.form = document.createElement("form");
        this.form.append(...this.childNodes);
        this.append(this.form);
      });
    }
    submit() {
      const event = new Event("submit", { bubbles: true, cancelable: true });
      if (this.dispatchEvent(event)) window.answer = Object.fromEntries(new FormData(this.form));
    }
  });
})();
