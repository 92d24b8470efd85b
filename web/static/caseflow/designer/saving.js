// Saving by revision: nobody's work is overwritten, nothing of one's own is lost.
import { h, say, token } from './dom.js';

export function createSaving({ modeler, facts, place, findings, commit }) {
  const [state, problem, button] = ['state', 'problem', 'button'].map((name) => place.querySelector(`[data-save-${name}]`));
  const stack = modeler.get('commandStack', false);
  // the change that was made last; after an undo another one may stand at the same place
  const position = () => stack?._stack[stack._stackIdx];
  let revision = facts.revision;
  let kept = position();
  let busy = false;

  const dirty = () => position() !== kept;

  function show() {
    button.disabled = busy;
    state.textContent = busy ? say('saving') : dirty() ? say('unsaved') : say('saved', { revision });
    state.classList.toggle('unsaved', dirty());
  }

  function download(xml) {
    const address = URL.createObjectURL(new Blob([xml], { type: 'application/xml' }));
    const anchor = h('a', { href: address, download: `${facts.process}-${facts.draft}.bpmn` });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }

  function refuse(told, xml) {
    const newest = { class: 'btn', href: location.href, target: '_blank', rel: 'noopener' };
    problem.replaceChildren(
      h('p', {}, told.message), h('p', {}, say('nothing_lost')),
      h('p', { class: 'problem-tools' },
        told.code === 'draft_changed' ? h('a', newest, say('open_theirs')) : null,
        h('button', { type: 'button', class: 'btn', onclick: () => download(xml) }, say('download_mine'))));
    problem.hidden = false;
    problem.focus();
  }

  async function save() {
    commit();
    if (busy || !dirty()) return;
    busy = true;
    problem.hidden = true;
    show();
    const before = position();
    const { xml } = await modeler.saveXML({ format: true });
    try {
      const answer = await fetch(`${facts.urls.save}?revision=${revision}`, { method: 'POST', body: xml,
        headers: { 'Content-Type': 'application/xml', 'X-CSRFToken': token(), Accept: 'application/json' } });
      const told = await answer.json();
      if (answer.ok) {
        revision = told.revision;
        kept = before;
        findings.draw(told);
      } else refuse(told, xml);
    } catch {
      refuse({ message: say('not_saved') }, xml);
    }
    busy = false;
    show();
  }

  modeler.on('commandStack.changed', show);
  button.addEventListener('click', save);
  window.addEventListener('beforeunload', (event) => { if (dirty()) event.preventDefault(); });
  show();
  return { save, dirty, revision: () => revision };
}
