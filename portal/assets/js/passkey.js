/*
 * Asks the browser for a passkey and sends what it answers. Pages work without: the form is hidden until we know that
 * this browser has passkeys and that this host is theirs.
 */
const CEREMONIES = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

export function passkeys (root) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return
  for (const form of root.querySelectorAll('form[data-passkey]')) {
    const options = JSON.parse(form.dataset.options)
    const host = options.rpId ?? options.rp.id
    if (host !== window.location.hostname) continue
    offer(root, form, options)
  }
}

function offer (root, form, options) {
  form.hidden = false
  for (const other of root.querySelectorAll('[data-passkey-without]')) other.hidden = true
  const failed = form.querySelector('[data-passkey-failed]')
  let asking = false

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (asking) return
    asking = true
    failed.hidden = true
    try {
      const credential = await CEREMONIES[form.dataset.passkey](options)
      form.elements.credential.value = JSON.stringify(credential.toJSON())
      form.submit()
    } catch {
      // Closed by the person, timed out, or no passkey for this place: the browser does not tell which.
      failed.hidden = false
      failed.focus()
      asking = false
    }
  })
}
