// What is wrong with the page that is open, beside what axe finds, and what it shows.
() => {
  const stops = "a[href], button, summary, input, select, textarea, [tabindex='0']";
  const unseen = [];
  for (const each of document.querySelectorAll(stops)) {
    if (!each.checkVisibility() || each.disabled || each.type === "hidden") continue;
    each.focus();
    const style = getComputedStyle(each);
    const ring = style.outlineStyle; // the browser's own is called auto
    const outlined = ring === "auto" || (ring !== "none" && parseFloat(style.outlineWidth) >= 2);
    if (document.activeElement === each && !outlined) unseen.push(each.outerHTML.slice(0, 90));
  }
  return {
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    unseen,
  };
}
