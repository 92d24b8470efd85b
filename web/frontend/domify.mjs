// domify as min-dom takes it, for pages that allow no inline style: style="…" in markup is set through the CSSOM.
import plain from './node_modules/domify/index.js';

export default function domify(markup, ...rest) {
  const node = plain(markup.replace(/ style="/g, ' data-style="'), ...rest);
  const parts = [node, ...(node.querySelectorAll?.('[data-style]') ?? [])];
  parts.filter((part) => part.dataset?.style !== undefined).forEach((part) => {
    part.style.cssText = part.dataset.style;
    delete part.dataset.style;
  });
  return node;
}
