"use strict";
// The editor in place of a box for typed text. It comes only here; if it does not
// come, or breaks, the box stays and works. What it writes stands in a field that
// is sent instead.
{
  const box = document.querySelector("[data-write]");
  const src = document.currentScript.dataset.editor;
  const start = () => {
    const { Trix } = window;
    const area = box.querySelector("textarea");
    const html = box.querySelector("[name=html]");
    const blocks = Trix.config.blockAttributes;
    blocks.heading1 = { ...blocks.heading1, tagName: "h2" };
    blocks.heading2 = { ...blocks.heading1, tagName: "h3" };
    box.append(box.querySelector("template").content);
    const editor = document.createElement("trix-editor");
    const label = box.querySelector("label");
    const hints = box.querySelectorAll(".hint, .problem");
    editor.setAttribute("input", html.id);
    editor.setAttribute("toolbar", "tools");
    editor.setAttribute("aria-label", box.dataset.label);
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("role", "textbox");
    editor.dir = box.dataset.dir;
    for (const hint of hints) {
      if (hint.classList.contains("hint")) hint.hidden = true; // it is about typing
      else editor.setAttribute("aria-describedby", hint.id);
    }
    html.disabled = false;
    area.disabled = area.hidden = true;
    area.removeAttribute("id");
    label.removeAttribute("for");
    label.addEventListener("click", () => editor.focus());
    editor.id = "text";
    // Tab leaves, as everywhere: moving in a list in and out have buttons.
    editor.addEventListener("keydown", (e) => e.key === "Tab" && e.stopImmediatePropagation(), true);
    box.append(editor);
    const tools = document.getElementById("tools");
    // The editor hears its buttons pressed by a pointer only; the keyboard's click
    // has no clicks to count.
    tools.addEventListener("click", (e) => {
      const button = e.target.closest(".tools button");
      if (!button || e.detail) return;
      const range = editor.editor.getSelectedRange();
      editor.focus();
      editor.editor.setSelectedRange(range);
      button.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
    });
    editor.addEventListener("trix-file-accept", (e) => e.preventDefault());
    const show = () => {
      for (const b of tools.querySelectorAll("[data-trix-attribute]")) b.setAttribute("aria-pressed", b.hasAttribute("data-trix-active"));
    };
    for (const name of ["trix-selection-change", "trix-change", "trix-initialize"]) editor.addEventListener(name, () => setTimeout(show));
  };
  if (box && src) {
    // The editor would write styles of its own into the page, which the page's
    // policy refuses, and says so each time. It gets elements that are none; ours
    // are in a file.
    const make = document.createElement.bind(document);
    document.createElement = (name, ...more) => (name === "style" ? document.createElementNS("about:none", name) : make(name, ...more));
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => start();
    document.head.append(script);
  }
}
