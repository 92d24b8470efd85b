// The diagram of a case. On the page:
//   <div class="diagram" data-diagram="diagram-1" role="group" aria-label="…"></div>
//   <script type="application/json" id="diagram-1">{"xml": "…", "states": {element: "done" | "current" | "ahead"},
//     "due": [{"element": …, "text": "…", "level": "overdue" | "today" | "soon" | "later"}]}</script>
// together with vendor/bpmn-viewer.js and its two style sheets. The outline beside it says the same in words.
(function () {
  'use strict';

  function addDue(overlays, due) {
    const label = document.createElement('div');
    label.className = `diagram-note sla sla-${due.level}`;
    label.textContent = due.text;
    overlays.add(due.element, { position: { bottom: -4, left: 0 }, html: label });
  }

  async function draw(place) {
    const facts = JSON.parse(document.getElementById(place.dataset.diagram).textContent);
    const viewer = new window.BpmnJS({ container: place });
    await viewer.importXML(facts.xml);
    const canvas = viewer.get('canvas');
    const known = viewer.get('elementRegistry');
    for (const [element, state] of Object.entries(facts.states || {})) {
      if (known.get(element)) canvas.addMarker(element, `step-${state}`);
    }
    (facts.due || []).filter((due) => known.get(due.element)).forEach((due) => {
      if (due.level === 'overdue') canvas.addMarker(due.element, 'step-overdue');
      addDue(viewer.get('overlays'), due);
    });
    canvas.zoom('fit-viewport', 'auto');
    place.dataset.drawn = 'yes';
    place.diagram = viewer;
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-diagram]').forEach((place) => draw(place).catch((problem) => {
      place.dataset.drawn = 'no';
      console.error(problem);
    }));
  });
})();
