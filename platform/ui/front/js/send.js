// Ways to pass a page on that need a script: into the clipboard, by the
// device's own sheet, onto paper. Without it their buttons are not there.
for (const box of document.querySelectorAll("[data-send]")) {
  const text = box.querySelector("textarea");
  const does = {
    copy: async (button) => {
      text.select();
      document.execCommand("copy") || (await navigator.clipboard.writeText(text.value));
      document.getElementById("said").textContent = button.textContent = button.dataset.done;
    },
    share: navigator.share && (() => navigator.share({ text: text.value }).catch(() => {})),
    print: () => print(),
  };
  for (const button of box.querySelectorAll("button")) {
    const way = does[button.dataset.way];
    button.hidden = !way;
    button.onclick = () => way(button);
  }
}
