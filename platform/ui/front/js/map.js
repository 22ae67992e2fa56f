// A map that is wider than the screen begins where the first of its largest marks
// is, and not at its western edge, which may be sea.
for (const map of document.querySelectorAll(".map")) {
  const spots = [...map.querySelectorAll(".spot")];
  const large = spots.find((s) => s.querySelector("text")) ?? spots[0];
  if (!large || map.scrollWidth <= map.clientWidth) continue;
  const at = large.getBoundingClientRect(), box = map.getBoundingClientRect();
  map.scrollLeft += at.left + at.width / 2 - box.left - box.width / 2;
}
