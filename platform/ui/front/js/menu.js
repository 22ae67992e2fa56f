// The menus are plain details. Escape, a press elsewhere and going on by Tab
// close them: they would cover what comes next.
{
  const shut = (e) => {
    for (const d of document.querySelectorAll(".masthead details[open]")) {
      if (e.type === "keydown" ? e.key !== "Escape" : d.contains(e.target)) continue;
      if (d.contains(document.activeElement)) d.firstElementChild.focus();
      d.open = false;
    }
  };
  addEventListener("click", shut);
  addEventListener("focusin", shut);
  addEventListener("keydown", shut);
}
