// Keys. A single key does nothing while somebody types, in a menu, or when it is switched off in the help dialog.
//   data-key="n" on a button or field: the key that presses it or puts the cursor there
//   tbody tr [data-open]: the link that stands for a row; j and k go from one to the next, o opens it
//   form[data-draft]: the form of the task; e goes to its first field, Ctrl+S keeps it, Ctrl+Enter sends the form one is in
(function () {
  'use strict';

  const SWITCH = 'caseflow-keys-off';
  const TYPING = 'input, textarea, select, [contenteditable], .dropdown-menu, dialog';

  // Where storage is closed to us the keys stay on.
  const stored = () => { try { return localStorage.getItem(SWITCH) === '1'; } catch { return false; } };
  const store = (off) => { try { localStorage.setItem(SWITCH, off ? '1' : '0'); } catch { /* for this page only */ } };

  const dialog = () => document.getElementById('keyboard');
  const taskForm = () => document.querySelector('form[data-draft]');

  function step(by) {
    const links = [...document.querySelectorAll('main tbody tr [data-open]')];
    if (!links.length) return;
    const row = document.activeElement?.closest('tr');
    const here = links.findIndex((link) => row && row.contains(link));
    links[Math.min(Math.max(here + by, 0), links.length - 1)].focus();
  }

  function open() {
    const row = document.activeElement?.closest('tbody tr');
    (row || document).querySelector('tbody tr [data-open], [data-open]')?.click();
  }

  function firstField() {
    const fields = taskForm()?.elements || [];
    const usable = [...fields].filter((field) => field.name && field.type !== 'hidden' && !field.disabled && field.offsetParent);
    (usable.find((field) => field.name === usable[0].name && field.checked) || usable[0])?.focus();   // of radios the chosen one
  }

  const KEYS = {
    j: () => step(1), k: () => step(-1), o: open, e: firstField, '?': () => dialog()?.showModal(),
  };

  function press(key) {
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!target) return false;
    if (target.matches('input, textarea, select')) target.focus(); else target.click();
    return true;
  }

  function withControl(event) {
    const form = event.target.closest('form') || taskForm();
    if (event.key === 's' && taskForm()) taskForm().dispatchEvent(new Event('caseflow:save'));
    else if (event.key === 'Enter' && form?.method === 'post') form.requestSubmit();
    else return;
    event.preventDefault();
  }

  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented || event.altKey || event.repeat && event.key !== 'j' && event.key !== 'k') return;
    if (event.ctrlKey || event.metaKey) { withControl(event); return; }
    if (stored() || event.target.closest(TYPING)) return;
    if (KEYS[event.key]) KEYS[event.key](); else if (!press(event.key)) return;
    event.preventDefault();
  });

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-keys-help]').forEach((button) => {
      button.hidden = false;
      button.addEventListener('click', () => dialog().showModal());
    });
    const off = document.querySelector('[data-keys-off]');
    if (off) {
      off.checked = stored();
      off.addEventListener('change', () => store(off.checked));
    }
  });
})();
