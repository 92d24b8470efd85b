// The page of a task: how many characters are left, and the cursor at what has to be read first.
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

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelectorAll('[data-counts]').forEach(count);
    document.querySelector('[data-focus]')?.focus();
  });
})();
