/*
 * Says two minutes before that the person will be signed out, and lets them stay. Other tabs may have been used
 * meanwhile, so the server is asked first; that question keeps no session alive.
 */
const WARN = 120
const BACKGROUND = { 'X-Background': 'yes' }

export function idleWarning ($document) {
  const $dialog = $document.querySelector('dialog[data-idle]')
  if (!$dialog?.showModal) return
  let timer
  let ends = 0

  const wait = (left) => {
    clearTimeout(timer)
    timer = setTimeout(look, Math.max(1, left - WARN) * 1000)
  }

  async function look () {
    let left = 0
    try {
      const answer = await fetch($dialog.dataset.left, { credentials: 'same-origin', headers: BACKGROUND })
      left = answer.ok ? (await answer.json()).seconds : 0
    } catch {
      left = WARN
    }
    if (left > WARN) return wait(left)
    ends = Date.now() + left * 1000
    if (!$dialog.open) $dialog.showModal()
    tick()
  }

  function tick () {
    clearTimeout(timer)
    const over = Date.now() >= ends
    for (const $soon of $dialog.querySelectorAll('[data-idle-soon]')) $soon.hidden = over
    $dialog.querySelector('[data-idle-over]').hidden = !over
    if (!over && $dialog.open) timer = setTimeout(tick, ends - Date.now())
  }

  // Escape closes the dialog as the button does: whoever is there to press it stays.
  $dialog.addEventListener('close', async () => {
    const $form = $dialog.querySelector('form')
    try {
      const answer = await fetch($form.action, {
        method: 'POST', body: new FormData($form), credentials: 'same-origin'
      })
      if (answer.ok) wait(Number($dialog.dataset.idle))
    } catch {
      wait(WARN + 10)
    }
  })
  $dialog.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    $dialog.close()
  })

  wait(Number($dialog.dataset.idle))
}
