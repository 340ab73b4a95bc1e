/* Asks again how far a run is, and shows its result when it has ended. Without scripts a link does the same. */
const EVERY = 2000
// Only this part is parsed: the rest of the page has a style of its own, which the policy of this page would refuse.
const PART = /<section[^>]* data-watch>[\s\S]*?<\/section>/

export function watchProgress ($document) {
  const $run = $document.querySelector('[data-watch]')
  if ($run) wait($run)
}

function wait ($run) {
  setTimeout(() => look($run), EVERY)
}

async function look ($run) {
  try {
    const answer = await fetch(window.location.href, { credentials: 'same-origin', headers: { 'X-Background': 'yes' } })
    const part = PART.exec(await answer.text())
    if (!answer.ok || !part) return window.location.reload()
    const $now = new DOMParser().parseFromString(part[0], 'text/html')
    $run.querySelector('progress').value = $now.querySelector('progress').value
    $run.querySelector('[data-said]').textContent = $now.querySelector('[data-said]').textContent
  } catch {
    // The network is away for a moment: ask again.
  }
  wait($run)
}
