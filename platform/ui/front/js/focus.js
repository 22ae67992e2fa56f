// What a person needs to hear first, where there is such a thing: what is
// wrong with what they sent, or that it worked.
{
  const first = document.querySelector("[data-first]");
  if (first && !first.closest("[data-sample]")) first.focus();
}
