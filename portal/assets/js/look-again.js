/*
 * While a check runs, looks every few seconds how far it is, and shows the whole page again when it has ended.
 * Without scripts the page has a link that does the same.
 */
const PAUSE = 3000

export function lookAgain (root) {
  const part = root.querySelector('[data-under-way="true"]')
  if (!part) return

  const look = async () => {
    const answer = await fetch(window.location.href, { credentials: 'same-origin' }).catch(() => null)
    if (answer && answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const now = page.querySelector('[data-under-way="true"]')
      if (!now) {
        window.location.reload()
        return
      }
      const shown = part.querySelector('progress')
      const fresh = now.querySelector('progress')
      if (shown && fresh && fresh.hasAttribute('max')) {
        shown.max = fresh.max
        shown.value = fresh.value
        part.querySelector('label').textContent = now.querySelector('label').textContent
      }
    }
    window.setTimeout(look, PAUSE)
  }
  window.setTimeout(look, PAUSE)
}
