/*
 * Asks every so often what is new and says it quietly: numbers, one line, and what is urgent. It never moves a row, asks
 * nothing while nobody looks, and keeps no session alive. Without scripts a link loads the page anew.
 */
const EVERY = 20000
const LONGEST = 600000
const OVER = [401, 403, 404]

export function live ($document) {
  const $box = $document.querySelector('[data-live]')
  if ($box) watch($document, $box)
}

function watch ($document, $box) {
  let timer
  let tag = ''
  let wait = EVERY
  let busy = false
  let over = false

  const later = () => {
    clearTimeout(timer)
    if (!over && !$document.hidden) timer = setTimeout(ask, wait)
  }

  async function ask () {
    if (busy || over) return
    busy = true
    try {
      wait = await hear(await fetch($box.dataset.live, options()))
    } catch {
      wait = Math.min(wait * 2, LONGEST)
    }
    busy = false
    later()
  }

  function options () {
    const headers = { Accept: 'application/json', 'X-Background': 'yes' }
    if (tag) headers['If-None-Match'] = tag
    return { credentials: 'same-origin', redirect: 'manual', cache: 'no-store', headers }
  }

  async function hear (answer) {
    if (answer.status === 304) return EVERY
    if (answer.ok) {
      show($document, $box, await answer.json())
      tag = answer.headers.get('ETag') ?? ''
      return EVERY
    }
    // Signed out, or the page is no longer theirs: the next click says so.
    over = answer.type === 'opaqueredirect' || OVER.includes(answer.status)
    return Math.min(wait * 2, LONGEST)
  }

  $document.addEventListener('visibilitychange', () => {
    clearTimeout(timer)
    if (!$document.hidden) ask()
  })
  later()
}

function show ($document, $box, now) {
  const $numbers = $document.querySelectorAll('[data-live-number]')
  now.tabs?.forEach((text, place) => put($numbers[place], text))
  put($box.querySelector('[data-live-said]'), now.said)
  if (now.more) put($box.querySelector('[data-live-more]'), now.more)
  const $alert = $document.querySelector('[data-live-alert]')
  if (!$alert || !now.alert) return
  $alert.innerHTML = now.alert
  $alert.hidden = false
  // What is at the end of the page, or has the focus, can be scrolled out from under it; nothing else moves.
  $document.documentElement.style.setProperty('--app-alert', `${$alert.offsetHeight}px`)
}

// A live region that is written again is read again.
function put ($element, text) {
  if ($element && $element.textContent !== text) $element.textContent = text
}
