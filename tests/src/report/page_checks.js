// Looks at the page as a reader would; returns what is wrong with it as a list of texts.
(() => {
  const problems = [];
  const named = element =>
    `<${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 40)}`;

  for (const image of document.images) {
    if (!image.complete || image.naturalWidth === 0) problems.push(`image does not show: ${image.alt}`);
    if (!image.alt.trim()) problems.push("image without an alt text");
  }

  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth)
    problems.push(`the page is ${root.scrollWidth} px wide in ${root.clientWidth} px`);
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > root.clientWidth + 1 && !element.closest(".scroll, pre"))
      problems.push(`reaches to ${Math.round(box.right)} px of ${root.clientWidth}: ${named(element)}`);
  }
  if (matchMedia("print").matches)
    for (const box of document.querySelectorAll(".scroll, pre"))
      if (box.scrollWidth > box.clientWidth + 1)
        problems.push(`cut in print, ${box.scrollWidth} px in ${box.clientWidth}: ${named(box)}`);

  const parse = text => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return {rgb: [red, green, blue], alpha};
  };
  const over = (top, below) => top.rgb.map((value, i) => value * top.alpha + below[i] * (1 - top.alpha));
  const backdrop = element => {
    if (!element) return matchMedia("screen and (prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
    const own = parse(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own.rgb : over(own, backdrop(element.parentElement));
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let checked = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const below = backdrop(element);
    const [a, b] = [light(over(parse(getComputedStyle(element).color), below)), light(below)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) problems.push(`contrast ${contrast.toFixed(2)}: ${named(element)}`);
    checked += 1;
  }
  if (checked < 100) problems.push(`only ${checked} texts to check`);

  for (const table of document.querySelectorAll("table")) {
    if (!table.caption?.textContent.trim()) problems.push("table without a caption");
    for (const head of table.querySelectorAll("th"))
      if (!head.scope) problems.push(`th without a scope: ${named(head)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) problems.push(`id ${id} twice`);
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(link.hash.slice(1))) problems.push(`link to nothing: ${link.hash}`);
  return problems;
})()
