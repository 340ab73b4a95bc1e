/*
 * Asks the browser for a passkey and sends what it answers. Pages work without: the form is hidden until we know that
 * this browser has passkeys and may use them on this host. They belong to the portal's own host; on a council's other
 * host they need a browser that asks ours whether it may (related origins). For one that does not, and for when it said
 * no, there is the way to our host.
 */
const CEREMONIES = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

export async function passkeys (root) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return
  for (const form of root.querySelectorAll('form[data-passkey]')) {
    const options = JSON.parse(form.dataset.options)
    if (await usable(options.rpId ?? options.rp.id)) offer(root, form, options)
    else pointThere(root)
  }
}

async function usable (host) {
  const here = window.location.hostname
  if (here === host || here.endsWith(`.${host}`)) return true
  const able = await PublicKeyCredential.getClientCapabilities?.()
  return able?.relatedOrigins === true
}

function pointThere (root) {
  for (const way of root.querySelectorAll('[data-passkey-there]')) way.hidden = false
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
      // Closed by the person, timed out, no passkey for this place, or a host that may not: the browser does not say.
      failed.hidden = false
      failed.focus()
      pointThere(root)
      asking = false
    }
  })
}
