// What is wrong with the page that is open, beside what axe finds, and what it shows.
() => {
  const stops = "a[href], button, summary, input, select, textarea, [tabindex='0']";
  const unseen = [];
  for (const each of document.querySelectorAll(stops)) {
    if (!each.checkVisibility() || each.disabled || each.type === "hidden") continue;
    const style = getComputedStyle(each);
    const line = `${style.stroke} ${style.strokeWidth}`; // of a shape on a map
    each.focus();
    const ring = style.outlineStyle; // the browser's own is called auto
    const outlined = ring === "auto" || (ring !== "none" && parseFloat(style.outlineWidth) >= 2);
    const shows = outlined || line !== `${style.stroke} ${style.strokeWidth}`;
    if (document.activeElement === each && !shows) unseen.push(each.outerHTML.slice(0, 90));
  }
  return {
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    unseen,
  };
}
