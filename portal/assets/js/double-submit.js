/*
 * Refuses a second sending of the same form while the first is under way (Enter pressed twice, for instance:
 * the button component only guards clicks). Forms opt in through a button with data-prevent-double-click.
 */
const PAUSE = 4000

export function preventDoubleSubmit (root) {
  const sent = new WeakMap()

  root.addEventListener('submit', (event) => {
    const form = event.target
    if (!form.querySelector('[data-prevent-double-click="true"]')) return
    const before = sent.get(form)
    if (before !== undefined && Date.now() - before < PAUSE) {
      event.preventDefault()
      return
    }
    sent.set(form, Date.now())
  })

  // A page that comes back from the browser's history may be sent again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) for (const form of document.forms) sent.delete(form)
  })
}
