// The menus are plain details. Escape and a press elsewhere close them.
{
  const shut = (e) => {
    for (const d of document.querySelectorAll(".masthead details[open]")) {
      if (e.type === "click" ? d.contains(e.target) : e.key !== "Escape") continue;
      if (d.contains(document.activeElement)) d.firstElementChild.focus();
      d.open = false;
    }
  };
  addEventListener("click", shut);
  addEventListener("keydown", shut);
}
