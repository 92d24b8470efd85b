// How far a long request has come, while its answer is awaited. The form works without.
//   <form data-progress="address"> … <p data-progress-state hidden role="status"><progress></progress>
//   <span data-words="… {done} … {total}"></span></p></form>
// The address answers {"done": 3, "total": 40}; a total of 0 means that it has not begun.
(function () {
  'use strict';

  function watch(form) {
    const state = form.querySelector('[data-progress-state]');
    const [bar, words] = [state.querySelector('progress'), state.querySelector('[data-words]')];
    let timer = 0;

    async function ask() {
      try {
        const answer = await fetch(form.dataset.progress, { headers: { Accept: 'application/json' } });
        const { done, total } = answer.ok ? await answer.json() : { total: 0 };
        if (total) {
          bar.max = total;
          bar.value = done;
          words.textContent = words.dataset.words.replace('{done}', done).replace('{total}', total);
        }
      } catch {
        // the answer itself is on its way, or the next question finds the server again
      }
      timer = setTimeout(ask, 500);
    }

    form.addEventListener('submit', () => {
      if (!state.hidden) return;
      state.hidden = false;
      ask();
    });
    window.addEventListener('pageshow', () => { clearTimeout(timer); state.hidden = true; });
  }

  document.addEventListener('DOMContentLoaded', () => document.querySelectorAll('form[data-progress]').forEach(watch));
})();
