// The diagram of a case. On the page:
//   <div class="diagram" data-diagram="diagram-1" role="group" aria-label="…"></div>
//   <script type="application/json" id="diagram-1">{"xml": "…", "states": {element: "done" | "current" | "ahead"},
//     "due": [{"element": …, "text": "…", "level": "overdue" | "today" | "soon" | "later"}],
//     "focus": [elements to look at first; without it the current ones]}</script>
//   <div data-diagram-tools="diagram-1" hidden><button data-view="in | out | all | current">…</button></div>
// A second drawing with data-diagram-beside="diagram-1" follows that one, and is followed, as it is moved and zoomed.
// together with vendor/bpmn-viewer.js and its two style sheets. The outline beside it says the same in words.
(function () {
  'use strict';

  const READABLE = 0.5;      // below this scale the words in the drawing cannot be read
  const COMFORTABLE = 0.75;
  const QUIET = { defaultStrokeColor: '#7b8794', defaultLabelColor: '#1f2937' };

  // Colours say here how far the case has come, so those of the drawing itself are left out.
  const withoutColours = (xml) => xml.replace(/ (?:bioc|color):[a-z-]+="[^"]*"/g, '');

  function addDue(overlays, due) {
    const label = document.createElement('div');
    label.className = `diagram-note sla sla-${due.level}`;
    label.textContent = due.text;
    overlays.add(due.element, { position: { top: -14, right: 0 }, html: label });
  }

  // As high as the whole drawing needs at this width, but never more than most of the window.
  function setHeight(place, canvas) {
    const { inner } = canvas.viewbox();
    const wanted = inner.width ? (place.clientWidth / inner.width) * inner.height + 16 : 0;
    place.style.height = `${Math.round(Math.min(Math.max(wanted, 288), window.innerHeight * 0.8))}px`;
    canvas.resized();
  }

  function showAll(canvas) {
    canvas.zoom('fit-viewport', 'auto');
  }

  // Where an element is drawn; of a flow the part between its ends.
  function boxOf({ waypoints, x, y, width, height }) {
    if (!waypoints) return { x, y, width, height };
    const [xs, ys] = ['x', 'y'].map((edge) => waypoints.map((point) => point[edge]));
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    return { x: left, y: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
  }

  // In the middle all of them; where they lie too far apart to be read together, the first.
  function showSteps(canvas, elements) {
    const { outer } = canvas.viewbox();
    let steps = elements.map(boxOf);
    const reach = (edge, size) => Math.max(...steps.map((step) => step[edge] + step[size]))
      - Math.min(...steps.map((step) => step[edge]));
    if (reach('x', 'width') * COMFORTABLE > outer.width || reach('y', 'height') * COMFORTABLE > outer.height) steps = steps.slice(0, 1);
    const middle = (edge, size) => {
      const from = Math.min(...steps.map((step) => step[edge]));
      return (from + Math.max(...steps.map((step) => step[edge] + step[size]))) / 2;
    };
    const [width, height] = [outer.width / COMFORTABLE, outer.height / COMFORTABLE];
    canvas.viewbox({ x: middle('x', 'width') - width / 2, y: middle('y', 'height') - height / 2, width, height });
  }

  function addTools(tools, viewer, current) {
    const canvas = viewer.get('canvas');
    const views = {
      in: () => viewer.get('zoomScroll').stepZoom(2),
      out: () => viewer.get('zoomScroll').stepZoom(-2),
      all: () => showAll(canvas),
      current: () => showSteps(canvas, current),
    };
    tools.querySelectorAll('[data-view]').forEach((button) => {
      button.hidden = button.dataset.view === 'current' && !current.length;
      button.addEventListener('click', views[button.dataset.view]);
    });
    tools.hidden = false;
  }

  async function draw(place) {
    const facts = JSON.parse(document.getElementById(place.dataset.diagram).textContent);
    const viewer = new window.BpmnJS({ container: place, bpmnRenderer: QUIET });
    await viewer.importXML(withoutColours(facts.xml));
    const canvas = viewer.get('canvas');
    const known = viewer.get('elementRegistry');
    const states = Object.entries(facts.states || {}).filter(([element]) => known.get(element));
    states.forEach(([element, state]) => canvas.addMarker(element, `step-${state}`));
    (facts.due || []).filter((due) => known.get(due.element)).forEach((due) => {
      if (due.level === 'overdue') canvas.addMarker(due.element, 'step-overdue');
      addDue(viewer.get('overlays'), due);
    });
    const current = facts.focus?.length ? facts.focus.map((element) => known.get(element)).filter(Boolean)
      : states.filter(([, state]) => state === 'current').map(([element]) => known.get(element));
    viewer.get('zoomScroll').toggle(false);     // the wheel scrolls the page; the buttons zoom
    setHeight(place, canvas);
    showAll(canvas);
    if (canvas.zoom() < READABLE && current.length) showSteps(canvas, current);
    const tools = document.querySelector(`[data-diagram-tools="${place.dataset.diagram}"]`);
    if (tools) addTools(tools, viewer, current);
    place.dataset.drawn = 'yes';
    place.diagram = viewer;
  }

  // Whichever of the two is moved or zoomed, the other shows the same part.
  function follow(one, other) {
    let following = false;
    const lead = (from, to) => from.diagram.on('canvas.viewbox.changed', ({ viewbox }) => {
      if (following) return;
      following = true;
      const { x, y, width, height } = viewbox;
      to.diagram.get('canvas').viewbox({ x, y, width, height });
      following = false;
    });
    lead(one, other);
    lead(other, one);
  }

  async function drawAll() {
    await Promise.all([...document.querySelectorAll('[data-diagram]')].map((place) => draw(place).catch((problem) => {
      place.dataset.drawn = 'no';
      console.error(problem);
    })));
    document.querySelectorAll('[data-diagram-beside]').forEach((place) => {
      const other = document.querySelector(`[data-diagram="${place.dataset.diagramBeside}"]`);
      if (place.diagram && other?.diagram) follow(other, place);
    });
  }

  document.addEventListener('DOMContentLoaded', drawAll);
})();
