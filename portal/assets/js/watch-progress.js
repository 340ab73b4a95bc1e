/* Asks again how far a run is, and shows its result when it has ended. Without scripts a link does the same. */
const EVERY = 2000

export function watchProgress ($document) {
  const $run = $document.querySelector('[data-watch]')
  if ($run) wait($run)
}

function wait ($run) {
  setTimeout(() => look($run), EVERY)
}

async function look ($run) {
  try {
    const answer = await fetch(window.location.href, { credentials: 'same-origin' })
    const $page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const $now = $page.querySelector('[data-watch]')
    if (!answer.ok || !$now) return window.location.reload()
    $run.querySelector('progress').value = $now.querySelector('progress').value
    $run.querySelector('[data-said]').textContent = $now.querySelector('[data-said]').textContent
  } catch {
    // The network is away for a moment: ask again.
  }
  wait($run)
}
