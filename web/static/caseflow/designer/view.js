// What of the drawing is seen: all of it at first, and what is chosen, never behind the palette.
const READABLE = 0.5;       // below this scale the words in the drawing cannot be read
const MARGIN = 16;          // pixels
const AROUND = 60;          // pixels between what is chosen and the edge
const PALETTE = 130;        // pixels that the palette takes on the left

export function viewing(modeler, editable) {
  const canvas = modeler.get('canvas');
  const left = editable ? PALETTE : MARGIN;

  return {
    // the whole drawing beside the palette, unless its words would be too small to read
    start() {
      const { inner, outer } = canvas.viewbox();
      const fitting = Math.min((outer.width - left - MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height);
      const scale = Math.min(Math.max(fitting, READABLE), 1);
      canvas.viewbox({ x: inner.x - left / scale, y: inner.y - MARGIN / scale, width: outer.width / scale, height: outer.height / scale });
    },
    whole() {
      canvas.zoom('fit-viewport', 'auto');
    },
    // moves the drawing as little as needed, so that the middle of the element is well inside
    reveal(element) {
      const { x, y, scale, outer } = canvas.viewbox();
      const points = element.waypoints ?? [element, { x: element.x + element.width, y: element.y + element.height }];
      const middle = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
      const into = (at, low, high) => (at < low ? low - at : at > high ? high - at : 0);
      const dx = into((middle('x') - x) * scale, left + AROUND, outer.width - 2 * AROUND);
      const dy = into((middle('y') - y) * scale, AROUND, outer.height - AROUND);
      if (dx || dy) canvas.scroll({ dx, dy });
    },
  };
}
