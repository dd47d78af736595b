// New mails appear by themselves. Without this script the page shows them when it is loaded again.
document.documentElement.classList.add('live');
const letters = document.getElementById('letters');

const inLocalTime = (place) => {
  for (const time of place.querySelectorAll('time')) time.textContent = new Date(time.dateTime).toLocaleTimeString();
};

const fetchNew = async () => {
  const answer = await fetch('/dev/mail');
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = [...page.getElementById('letters').children].filter((letter) => !document.getElementById(letter.id));
  for (const letter of fresh.reverse()) {
    inLocalTime(letter);
    letter.classList.add('new');
    letters.prepend(letter);
  }
};

inLocalTime(document);

new EventSource('/dev/mail/live').onmessage = ({ data: newest }) => {
  if (newest && !document.getElementById(`letter-${newest}`)) fetchNew();
};

document.addEventListener('click', async ({ target }) => {
  if (!target.matches('.copy')) return;
  await navigator.clipboard.writeText(target.dataset.code);
  target.textContent = 'Copied';
  setTimeout(() => { target.textContent = 'Copy'; }, 1500);
});
