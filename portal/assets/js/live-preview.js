/*
 * Refreshes the preview beside a form some time after the last change, by asking the form's own address what pressing
 * "Show preview" would show. Nothing is saved by that. When the answer does not come, the old preview stays.
 */
const PAUSE = 700

export function livePreview (root) {
  const form = root.querySelector('form.app-question-form')
  const pane = root.querySelector('[data-live-preview]')
  const button = form && form.querySelector('button[value="preview"]')
  if (!form || !pane || !button) return
  // Not form.action: the form's buttons are called "action", and hide it.
  const address = form.getAttribute('action') || window.location.href
  let waiting
  let asked = 0

  async function refresh () {
    const mine = ++asked
    const body = new URLSearchParams(new FormData(form, button))
    try {
      const answer = await fetch(address, { method: 'POST', body, credentials: 'same-origin' })
      if (!answer.ok || mine !== asked) return
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.querySelector('[data-live-preview]')
      if (fresh && mine === asked) pane.replaceChildren(...fresh.children)
    } catch {
      // Offline, or the session ended: saving will say so.
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(refresh, PAUSE)
  })
}
