// A page shown to somebody signed in does not come back from the browser's
// memory as it was: they may have signed out, and somebody else pressed Back.
addEventListener("pageshow", (e) => {
  if (e.persisted && document.body.hasAttribute("data-private")) {
    document.body.hidden = true;
    location.reload();
  }
});
