// What must hold of every page, asked of the page itself. Every function gives
// a list of what is wrong, in words for whoever mends it.
window.facts = (() => {
  const called = (e) => {
    const c = typeof e.className === "string" && e.className.trim() ? "." + e.className.trim().split(/\s+/).join(".") : "";
    return `${e.localName}${e.id ? "#" + e.id : ""}${c} “${(e.innerText || e.getAttribute("aria-label") || e.name || "").trim().slice(0, 40)}”`;
  };
  const all = (sel) => [...document.querySelectorAll(sel)];
  const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const unseen = (e) => e.closest(".unseen") && !e.matches(":focus");
  const controls = () => all(`a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])`).filter(shown);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const scrolls = (e) => {
    for (; e && e !== document.body; e = e.parentElement) if (/auto|scroll/.test(getComputedStyle(e).overflowX)) return true;
  };
  // texts are the places of all words shown.
  const texts = () => {
    const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const n = walk.currentNode, e = n.parentElement;
      if (!n.data.trim() || !shown(e) || unseen(e)) continue;
      const r = document.createRange();
      r.selectNodeContents(n);
      for (const box of r.getClientRects()) if (box.width > 0) out.push([e, box]);
    }
    return out;
  };
  const leave = () => {
    const e = document.querySelector(".button.leave");
    return e && getComputedStyle(e).position === "fixed" ? e : null;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  // contrast of two colours, each of which may let the ground shine through.
  const contrast = (a, b, ground) => {
    const light = (colour) => {
      for (const c of [ground, colour]) {
        canvas.fillStyle = c;
        canvas.fillRect(0, 0, 1, 1);
      }
      const l = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2] + 0.05;
    };
    const x = light(a), y = light(b);
    return Math.max(x, y) / Math.min(x, y);
  };
  // ground is the colour that lies at a point beside an element, null outside
  // of the window.
  const ground = (e, x, y) => {
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return null;
    for (const o of document.elementsFromPoint(x, y)) {
      const c = getComputedStyle(o).backgroundColor;
      if (o !== e && !/, 0\)$|transparent/.test(c)) return c;
    }
    return "white";
  };
  const ring = (e) => {
    const s = getComputedStyle(e);
    return [s.outlineStyle === "none" ? "none" : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow].join();
  };
  let rest, waiting, first;
  return {
    // Nothing has to be scrolled sideways to be read, but for regions that
    // scroll by themselves.
    sideways() {
      const out = [], wide = innerWidth;
      if (document.documentElement.scrollWidth > wide) out.push(`the page is ${document.documentElement.scrollWidth} wide in ${wide}`);
      for (const [e, r] of texts()) if ((r.right > wide + 0.5 || r.left < -0.5) && !scrolls(e)) out.push(`${called(e)} sticks out: ${r.left} to ${r.right} of ${wide}`);
      for (const e of controls()) {
        const r = e.getBoundingClientRect();
        if (!unseen(e) && (r.right > wide + 0.5 || r.left < -0.5) && !scrolls(e.parentElement)) out.push(`${called(e)} sticks out: ${r.left} to ${r.right} of ${wide}`);
      }
      return out;
    },
    // No words are cut off.
    cut() {
      return all("body *").filter((e) => {
        const s = getComputedStyle(e);
        if (!shown(e) || unseen(e) || e.closest("svg, input, textarea, select") || !e.textContent.trim() || !/hidden|clip/.test(s.overflowX + s.overflowY)) return false;
        return texts().some(([t, r]) => {
          const box = e.getBoundingClientRect();
          return e.contains(t) && (r.right > box.right + 1 || r.left < box.left - 1 || r.bottom > box.bottom + 1 || r.top < box.top - 1);
        });
      }).map((e) => called(e) + " cuts its words off");
    },
    // Whatever is to be pressed is 24 by 24 or more, but for links in a
    // sentence, whose line decides.
    small() {
      return controls().filter((e) => {
        if (unseen(e)) return false;
        const r = e.getBoundingClientRect();
        if (r.width > 23.99 && r.height > 23.99) return false;
        if (getComputedStyle(e).display !== "inline") return true;
        let block = e.parentElement;
        while (getComputedStyle(block).display === "inline") block = block.parentElement;
        return block.innerText.trim().length <= e.innerText.trim().length;
      }).map((e) => `${called(e)} is ${e.getBoundingClientRect().width} by ${e.getBoundingClientRect().height}`);
    },
    // Nothing moves by itself, nor takes its time.
    moving() {
      const out = document.getAnimations().map((a) => called(a.effect.target) + " moves");
      for (const e of all("*")) {
        for (const part of [null, "::before", "::after"]) {
          const s = getComputedStyle(e, part);
          if (s.animationName !== "none" || parseFloat(s.transitionDuration) > 0.001 || s.scrollBehavior === "smooth") out.push(called(e) + (part || "") + " would move");
        }
      }
      return out;
    },
    // At the very end of the page, the button that floats there covers nothing.
    covered() {
      const b = leave();
      if (!b) return [];
      scrollTo(0, document.documentElement.scrollHeight);
      const at = b.getBoundingClientRect();
      const out = texts().filter(([e, r]) => !b.contains(e) && meet(r, at)).map(([e]) => called(e) + " lies under the button for leaving");
      for (const e of controls()) if (e !== b && !unseen(e) && meet(e.getBoundingClientRect(), at)) out.push(called(e) + " lies under the button for leaving");
      scrollTo(0, 0);
      return out;
    },
    // begin starts from the top with nothing in focus, and notes how each
    // control looks at rest.
    begin() {
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
      document.body.blur();
      first = null;
      rest = new WeakMap();
      waiting = new Set(controls().filter((e) => !e.disabled && !e.closest("[contenteditable] *"))); // what an editor holds is one stop
      for (const e of waiting) rest.set(e, ring(e));
    },
    // stop looks at what Tab led to; null at the end of the page.
    stop() {
      const e = document.activeElement;
      if (!e || e === first || e === document.body || e === document.documentElement) return null;
      first ||= e;
      const out = [], s = getComputedStyle(e), r = e.getBoundingClientRect(), boxes = e.getClientRects(), b = leave();
      if (rest.has(e) && !waiting.has(e) && e.type !== "radio") out.push(called(e) + " comes twice");
      waiting.delete(e);
      if (e.type === "radio") for (const o of all(`input[type=radio][name="${CSS.escape(e.name)}"]`)) waiting.delete(o);
      if (!shown(e)) out.push(called(e) + " has the focus and is not shown");
      if (ring(e) === rest.get(e) || s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) out.push(`${called(e)} looks the same in focus: ${ring(e)}`);
      else {
        // A ring that is drawn is not yet one that is seen.
        const box = boxes[0], x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        const shadow = (s.boxShadow.match(/(rgba?|color|oklab|oklch)\([^)]*\)/) || [])[0];
        const sides = [[box.left - 4, y], [box.right + 4, y], [x, box.top - 4], [x, box.bottom + 4]].map(([x, y]) => ground(e, x, y)).filter(Boolean)
          .map((g) => Math.max(...[s.outlineColor, shadow].filter(Boolean).map((c) => contrast(c, g, g))));
        if (sides.filter((c) => c >= 3).length * 2 < sides.length) out.push(`${called(e)}: its ring has a contrast of ${sides.map((c) => c.toFixed(1))}`);
      }
      if (r.bottom < 1 || r.top > innerHeight - 1 || r.right < 1 || r.left > innerWidth - 1) out.push(`${called(e)} has the focus out of sight: ${r.top} to ${r.bottom}`);
      else {
        // Its first line: is that what lies on top there?
        const box = boxes[0], x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 2), y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
        const top = document.elementFromPoint(x, y);
        if (top && !e.contains(top) && !top.contains(e)) out.push(`${called(e)} has the focus under ${called(top)}`);
      }
      if (b && b !== e && [...boxes].some((box) => meet(box, b.getBoundingClientRect())) && r.height < innerHeight / 2) out.push(called(e) + " has the focus under the button for leaving");
      return out;
    },
    // missed are the controls that Tab never led to. What was open and closed
    // by itself when the focus went by is not one of them.
    missed: () => [...waiting].filter(shown).map((e) => called(e) + " is never reached by Tab"),
  };
})();
