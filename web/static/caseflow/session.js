// A login that is about to end is announced. On the page:
//   <div id="session" data-url="…" data-left="seconds" data-warn="seconds" role="alert" hidden>
//     <span data-soon="… {n} …" data-ended="…"></span> <button data-stay>…</button> <a data-again>…</a></div>
// Asking how long is left does not prolong the login; the button does.
(function () {
  'use strict';

  function watch(place) {
    const [words, stay, again] = ['[data-soon]', '[data-stay]', '[data-again]'].map((part) => place.querySelector(part));
    const warn = Number(place.dataset.warn);
    let timer = 0;

    const later = (seconds) => { clearTimeout(timer); timer = setTimeout(() => ask('GET'), Math.max(seconds, 1) * 1000); };

    function show(text, ended) {
      stay.hidden = ended;
      again.hidden = !ended;
      if (words.textContent !== text) words.textContent = text;
      place.hidden = false;
    }

    function said(left) {
      if (left > warn) {
        place.hidden = true;
        later(left - warn);
        return;
      }
      show(words.dataset.soon.replace('{n}', Math.max(1, Math.ceil(left / 60))), false);
      later(left + 1);
    }

    async function ask(method) {
      try {
        const token = document.querySelector('meta[name="csrf-token"]')?.content || '';
        const answer = await fetch(place.dataset.url, { method, headers: { 'X-CSRFToken': token, Accept: 'application/json' } });
        if (answer.ok) said((await answer.json()).left);
        else if (answer.status === 401 || answer.status === 400) show(words.dataset.ended, true);
        else later(30);
      } catch {
        later(30);
      }
    }

    stay.addEventListener('click', () => ask('POST'));
    said(Number(place.dataset.left));
  }

  document.addEventListener('DOMContentLoaded', () => {
    const place = document.getElementById('session');
    if (place) watch(place);
  });
})();
