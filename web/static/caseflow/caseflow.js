// What every page needs: the CSRF token on htmx requests, fields that appear with an answer, kept drafts.
// A page works without it. Keys are in keyboard.js, the diagram in diagram.js.
(function () {
  'use strict';

  const token = () => document.querySelector('meta[name="csrf-token"]')?.content || '';

  document.addEventListener('htmx:configRequest', (event) => {
    if (event.detail.verb !== 'get') event.detail.headers['X-CSRFToken'] = token();
  });

  // <form data-no-enter>: Enter in a single-line field or at a choice sends nothing; it takes the button, or Ctrl+Enter
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.target.matches('form[data-no-enter] input')) event.preventDefault();
  });

  // <div data-visible-field="outcome" data-visible-values='["complex"]'>: shown while the field has such a value.
  // Hidden fields are disabled, so that they are neither required nor sent.
  function answerOf(form, name) {
    const fields = [...form.elements].filter((field) => field.name === name && field.type !== 'hidden');
    if (fields.length === 1 && fields[0].type === 'checkbox') return String(fields[0].checked);
    if (fields.some((field) => field.type === 'radio')) return fields.find((field) => field.checked && !field.disabled)?.value ?? '';
    return fields.length && !fields[0].disabled ? fields[0].value : '';
  }

  function showFields(form) {
    form.querySelectorAll('[data-visible-field]').forEach((part) => {
      const shown = JSON.parse(part.dataset.visibleValues).includes(answerOf(form, part.dataset.visibleField));
      part.hidden = !shown;
      part.querySelectorAll('input, select, textarea').forEach((field) => { field.disabled = !shown; });
    });
  }

  // <form data-draft="address">: what is typed is posted there a second after the last key.
  // <span data-draft-state data-saving data-saved data-failed> says how it went.
  function keepDraft(form) {
    const state = form.querySelector('[data-draft-state]');
    const say = (what) => { if (state) state.textContent = state.dataset[what] || ''; };
    let timer = 0;
    let latest = 0;
    let underway = null;
    let aborter = null;
    const save = async () => {
      const mine = ++latest;
      clearTimeout(timer);
      timer = 0;
      say('saving');
      try {
        const answer = await fetch(form.dataset.draft, {
          method: 'POST', body: new FormData(form), keepalive: true, signal: (aborter = new AbortController()).signal,
          // JSON, so that an ended session answers 401 and is not followed to the login page, which would look saved
          headers: { 'X-CSRFToken': token(), 'X-Draft': '1', Accept: 'application/json' },
        });
        if (mine === latest) say(answer.ok ? 'saved' : 'failed');
      } catch {
        if (mine === latest) say('failed');
      }
    };
    const keep = () => { const mine = save().finally(() => { if (underway === mine) underway = null; }); underway = mine; };
    form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(keep, 1000); });
    form.addEventListener('caseflow:save', keep);
    // what is sent is no draft any more: one under way would arrive at a task that is done
    form.addEventListener('submit', () => { clearTimeout(timer); timer = 0; aborter?.abort(); });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden' && timer) keep();
    });
    // another form of the page waits until what is typed here is kept, or its answer would show the page without it
    document.addEventListener('submit', async (event) => {
      const other = event.target;
      if (other === form || other.method !== 'post' || other.hasAttribute('hx-post') || !(timer || underway)) return;
      event.preventDefault();
      event.stopPropagation();
      if (timer) keep();
      await Promise.race([underway, new Promise((done) => { setTimeout(done, 3000); })]);
      underway = null;
      other.requestSubmit(event.submitter);
    }, true);
  }

  // A form is sent once: its buttons rest until the answer comes (or the page is shown again from the cache).
  function sendOnce(form) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = '1';
    });
  }

  function prepare(root) {
    root.querySelectorAll('form').forEach((form) => {
      if (form.dataset.prepared) return;
      form.dataset.prepared = '1';
      if (form.querySelector('[data-visible-field]')) {
        showFields(form);
        form.addEventListener('input', () => showFields(form));
        form.addEventListener('change', () => showFields(form));
      }
      if (form.dataset.draft) keepDraft(form);
      if (form.method === 'post' && !form.hasAttribute('hx-post')) sendOnce(form);
    });
  }

  document.addEventListener('DOMContentLoaded', () => prepare(document));
  document.addEventListener('htmx:load', (event) => prepare(event.target.parentNode || document));
  window.addEventListener('pageshow', () => {
    document.querySelectorAll('form[data-sent]').forEach((form) => { delete form.dataset.sent; });
  });
})();
