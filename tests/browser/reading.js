// What a reader meets on the page that is open: faint text, and structure that is not in order.
() => {
  const channel = (value) =>
    value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const colour = (text) => (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const opacity = (value) => value[3] ?? 1;
  const over = (front, back) =>
    [0, 1, 2].map((i) => front[i] * opacity(front) + back[i] * (1 - opacity(front)));

  const page = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.push(colour(getComputedStyle(at).backgroundColor));
      if (opacity(layers.at(-1)) === 1) break;
    }
    return layers.reverse().reduce((back, layer) => over(layer, back), [255, 255, 255]);
  };
  // Text in a drawing stands on the last shape drawn before it that holds its middle.
  const drawn = (element, box) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const below = [...element.ownerSVGElement.querySelectorAll("rect, path")].filter((shape) => {
      const before = shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      const fill = getComputedStyle(shape).fill;
      const at = shape.getBoundingClientRect();
      const holds = at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
      return before && holds && fill.startsWith("rgb");
    });
    return below.length ? colour(getComputedStyle(below.at(-1)).fill) : page(element);
  };

  const ratios = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (!text || element.closest("script, style, title, desc")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const inDrawing = element instanceof SVGElement;
    const style = getComputedStyle(element);
    const back = inDrawing ? drawn(element, box) : page(element);
    const front = over(colour(inDrawing ? style.fill : style.color), back);
    ratios.push([contrast(front, back), text]);
  }
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((each) => +each.tagName[1]);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  const named = (each) => each.textContent.trim() || each.title || each.ariaLabel;
  return {
    ratios,
    levels,
    language: document.documentElement.lang,
    bareTables: [...document.querySelectorAll("table")].filter((each) => !each.caption).length,
    sameIds: ids.filter((id, i) => ids.indexOf(id) !== i),
    nameless: [...document.querySelectorAll("a, button, iframe, summary, [role=region]")].filter(
      (each) => !named(each),
    ).length,
  };
}
