// What a person needs to hear first, where there is such a thing: what is
// wrong with what they sent, or that it worked.
{
  const first = document.querySelector("[data-first]");
  if (first && !first.closest("[data-sample]")) first.focus();
}
// Going to a long field by Tab, browsers bring its cursor into view and may
// leave the rest under the button for leaving.
addEventListener("keyup", (e) => {
  if (e.key === "Tab") document.activeElement.scrollIntoView({ block: "nearest" });
});
