/*
 * Keeps what is typed in a form some seconds after the last key, and on leaving a field; nothing is stored in the
 * browser. It says quietly when that worked, and honestly when it did not, and tries again.
 */
const PAUSE = 2000
const FIRST_WAIT = 5000
const LONGEST_WAIT = 60000
const SMALL = 60000 // what a browser still sends for a page that is being left
const BACKGROUND = { 'X-Background': 'yes' }

export function autosave ($document) {
  for (const $box of $document.querySelectorAll('form [data-autosave]')) keep($box, $box.closest('form'))
}

function keep ($box, $form) {
  let timer
  let wait = FIRST_WAIT
  let unsaved = false // something stands in the form that the server has not confirmed
  let typed = false // a person typed since the last sending, so it is no work of a script
  let busy = false
  let leaving = false
  let over = false // there is no use in trying again
  let said = ''

  const after = (milliseconds) => {
    clearTimeout(timer)
    timer = setTimeout(save, milliseconds)
  }

  function say (kind, text) {
    const $line = $box.querySelector('[data-autosave-line]')
    $line.textContent = text
    $line.hidden = false
    $box.querySelector('[data-autosave-sign-in]').hidden = kind !== 'ended'
    $box.classList.toggle('app-autosave--failed', kind !== 'saved')
    // Read out when it turns from saved to not saved or back, not at every save.
    if (kind !== said) $box.querySelector('[data-autosave-said]').textContent = text
    said = kind
  }

  async function save () {
    if (busy || leaving || over || !unsaved) return
    busy = true
    unsaved = false
    const fields = [...new FormData($form)].filter(([, value]) => typeof value === 'string')
    const body = new URLSearchParams(fields).toString()
    const headers = { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' }
    if (!typed) Object.assign(headers, BACKGROUND)
    typed = false
    let kind
    try {
      if (said === 'ended') await renew()
      const keepalive = body.length < SMALL
      const options = { method: 'POST', credentials: 'same-origin', redirect: 'manual', headers, keepalive }
      kind = await heard(await fetch($box.dataset.autosave, { ...options, body: fresh(body) }))
    } catch {
      kind = window.navigator.onLine ? 'silent' : 'offline'
    }
    busy = false
    if (leaving) return
    if (kind === 'saved') {
      wait = FIRST_WAIT
      if (unsaved) after(PAUSE)
      return
    }
    unsaved = true
    if (kind !== 'elsewhere') say(kind, $box.dataset[kind])
    over = kind === 'gone'
    if (over || kind === 'elsewhere' || kind === 'large') return
    after(wait)
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }

  async function heard (answer) {
    if (answer.ok) {
      const { version, said: text, href } = await answer.json()
      $form.elements.typed_version.value = version
      // A draft that has just begun has an address, to which a reload, or signing in again, comes back.
      if (href) window.history.replaceState(null, '', href)
      say('saved', text)
      return 'saved'
    }
    if (answer.status === 409) {
      const told = (await answer.json()).said
      if (told) say('elsewhere', told)
      return told ? 'elsewhere' : 'gone'
    }
    if (answer.status === 404 || answer.status === 410) return 'gone'
    if (answer.status === 413 || answer.status === 422) return 'large'
    // A redirect leads to sign-in; a form without its session's token is refused with 400.
    return [0, 303, 400, 401, 403].includes(answer.status) ? 'ended' : 'silent'
  }

  const token = () => $form.elements.csrf_token.value

  /* A token that was renewed meanwhile takes the old one's place. */
  function fresh (body) {
    const fields = new URLSearchParams(body)
    fields.set('csrf_token', token())
    return fields
  }

  /* After signing in in another tab the page needs that session's token; asking for it keeps no session alive. */
  async function renew () {
    const answer = await fetch(window.location.href, { credentials: 'same-origin', redirect: 'manual', headers: BACKGROUND })
    if (!answer.ok) return
    // Not parsed as a page: its styles carry another page's nonce.
    const now = (await answer.text()).match(/name="csrf_token" value="([^"]+)"/)
    if (!now) return
    for (const $old of document.querySelectorAll('input[name="csrf_token"]')) $old.value = now[1]
  }

  $form.addEventListener('input', () => {
    unsaved = typed = true
    after(PAUSE)
  })
  $form.addEventListener('focusout', () => after(0))
  $form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    leaving = true
    clearTimeout(timer)
  })
  const again = () => {
    wait = FIRST_WAIT
    if (said !== 'elsewhere') after(0)
  }
  window.addEventListener('online', again)
  window.addEventListener('focus', () => { if (said === 'ended') again() })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') after(0) })
  // A page that comes back from the browser's history is another one: what it saved before has been settled.
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return
    leaving = false
    $form.elements.tab_key.value = window.crypto.randomUUID()
  })
  window.addEventListener('beforeunload', (event) => {
    if (unsaved && !leaving && said && said !== 'saved') event.preventDefault()
  })
}
