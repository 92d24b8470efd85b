// The page of a task: how many characters are left, phrases to insert, and the cursor at what has to be read first.
(function () {
  'use strict';

  function count(hint) {
    const field = document.getElementById(hint.dataset.counts);
    const limit = Number(field.dataset.counter);
    const show = () => {
      const left = limit - [...field.value].length;   // counted in characters as the server counts them
      hint.textContent = hint.dataset[left < 0 ? 'over' : 'left'].replace('{n}', Math.abs(left));
      hint.classList.toggle('over', left < 0);
    };
    field.addEventListener('input', show);
    show();
  }

  // <div data-phrases="id of the field" hidden><select>…</select><button type="button">…</button></div>
  function offerPhrases(menu) {
    const field = document.getElementById(menu.dataset.phrases);
    const choice = menu.querySelector('select');
    menu.hidden = false;
    menu.querySelector('button').addEventListener('click', () => {
      if (!choice.value) { choice.focus(); return; }
      field.setRangeText(choice.value, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.focus();
    });
  }

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-phrases]').forEach(offerPhrases);
    document.querySelectorAll('[data-counts]').forEach(count);
    document.querySelector('[data-focus]')?.focus();
  });
})();
