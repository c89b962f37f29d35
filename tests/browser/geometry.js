/* Which texts lie upon others, are cut off, or stick out of their box: as drawn, in lines. */
() => {
  const ANY = [-1e6, -1e6, 1e6, 1e6], MOST = 5;
  const known = new Map();

  /* what is shown of an element's content, and whether it floats above the page */
  function shown(element) {
    if (!element || element === document.body) return {box: ANY, floats: false, hides: false};
    if (known.has(element)) return known.get(element);
    const above = shown(element.parentElement), style = getComputedStyle(element);
    const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
    const box = clips ? within(above.box, rectOf(element.getBoundingClientRect())) : above.box;
    const silent = style.textOverflow === "clip" && style.webkitLineClamp === "none";
    const made = {
      box,
      floats: above.floats || /fixed|sticky/.test(style.position)
        || (style.position === "absolute" && style.zIndex !== "auto") || element.matches("dialog, [popover]"),
      hides: clips ? /hidden|clip/.test(style.overflowX) && silent : above.hides,
      unseen: above.unseen || style.clipPath !== "none" || element.matches(".skip-link"),
    };
    known.set(element, made);
    return made;
  }

  const rectOf = (r) => [r.left, r.top, r.right, r.bottom];
  const within = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const words = (one) => JSON.stringify(one.text.slice(0, 40)) + " in " + place(one.element);
  const place = (element) => {
    const home = element.closest("[id]");
    return element.tagName.toLowerCase() + (element.className && "." + String(element.className.baseVal ?? element.className).split(" ")[0])
      + (home ? " of #" + home.id : "");
  };

  /* the nearest box that is drawn: it has a border or a ground of its own */
  const drawn = new Map();
  function boxOf(element) {
    if (!element || element === document.body) return null;
    if (drawn.has(element)) return drawn.get(element);
    const style = getComputedStyle(element);
    const has = style.display !== "inline"
      && (parseFloat(style.borderLeftWidth) > 0 || !/, 0\)$|transparent/.test(style.backgroundColor));
    const made = has ? element : boxOf(element.parentElement);
    drawn.set(element, made);
    return made;
  }

  const lines = [], wrong = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement, text = node.data.trim();
    if (!text || element.closest("script, style, template, option, select, noscript")) continue;
    if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const frame = shown(element);
    if (frame.unseen || frame.floats) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const whole = rectOf(rect), seen = within(frame.box, whole);
      if (rect.width < 1 || seen[2] - seen[0] < 2 || seen[3] - seen[1] < 2) continue;
      if (frame.hides && (whole[2] > seen[2] + 1 || whole[0] < seen[0] - 1)) wrong.push("cut off: " + words({element, text}));
      const box = boxOf(element), edge = box && box.getBoundingClientRect();
      if (edge && (seen[2] > edge.right + 1 || seen[0] < edge.left - 1)) wrong.push("sticks out of " + place(box) + ": " + words({element, text}));
      lines.push({element, text, seen});
    }
  }
  lines.sort((a, b) => a.seen[1] - b.seen[1]);
  for (let i = 0; i < lines.length && wrong.length < 50; i++) {
    for (let j = i + 1; j < lines.length && lines[j].seen[1] < lines[i].seen[3] - 4; j++) {
      if (lines[i].element === lines[j].element) continue; /* lines of one text: its own leading */
      const both = within(lines[i].seen, lines[j].seen);
      if (both[2] - both[0] > 3 && both[3] - both[1] > 4) wrong.push(words(lines[i]) + " lies upon " + words(lines[j]));
    }
  }
  /* rows that are stacked need no scrolling sideways */
  if (innerWidth < 640) document.querySelectorAll(".table-wrap:has(> .table-stack)").forEach((one) => {
    if (one.scrollWidth > one.clientWidth + 1) wrong.push("scrolls sideways: " + place(one));
  });
  return [...new Set(wrong)].slice(0, MOST);
}
