/*
 * Sends chosen, dropped or photographed files one after the other in parts, and goes on by itself after a lost
 * connection. Without scripts the form sends all of them at once. Nothing is kept in the browser: what has come is
 * known to the server, which is asked.
 */
const LONGEST_PAUSE = 15000
const TRIES = 5
// Only this part is parsed: the rest of the page has a style of its own, which the policy of this page would refuse.
const ATTACHED = /<section[^>]* data-attached>([\s\S]*?)<\/section>/

export function uploads ($document) {
  const $box = $document.querySelector('[data-upload]')
  if ($box) new Uploads($box).start()
}

class Refused extends Error {}

class Uploads {
  constructor ($box) {
    this.$box = $box
    this.words = $box.dataset
    this.$form = $box.querySelector('form')
    this.$input = $box.querySelector('input[type=file]')
    this.queue = []
    this.busy = false
  }

  start () {
    this.$form.querySelector('button[type=submit]').hidden = true
    this.$list = make('ul', 'govuk-list app-files app-sending', { 'aria-label': this.words.list })
    this.$status = make('div', 'govuk-visually-hidden', { role: 'status' })
    this.$box.append(this.$list, this.$status)
    // The field shows what was chosen and takes what is dropped (the Design System's component); here it is sent.
    this.$input.addEventListener('change', () => {
      if (!this.$input.files.length) return
      this.add(Array.from(this.$input.files))
      this.$input.value = ''
      this.$input.dispatchEvent(new CustomEvent('change'))
    })
  }

  add (files) {
    for (const file of files) this.queue.push(new Sending(file, this))
    this.next()
  }

  async next () {
    if (this.busy) return
    this.busy = true
    let sent = 0
    while (this.queue.length) {
      const sending = this.queue.shift()
      if (await sending.run()) sent += 1
    }
    this.busy = false
    if (sent) await this.refresh()
  }

  async refresh () {
    const $attached = document.querySelector('[data-attached]')
    const answer = await fetch(window.location.pathname, { credentials: 'same-origin' }).catch(() => null)
    const part = answer && ATTACHED.exec(await answer.text())
    if (!part) return
    const $fresh = new DOMParser().parseFromString(part[0], 'text/html')
    $attached.replaceChildren(...$fresh.querySelector('[data-attached]').childNodes)
    for (const $done of this.$list.querySelectorAll('.app-file--sent')) $done.remove()
    this.say(this.words.done)
  }

  say (text) {
    this.$status.textContent = text
  }

  post (address, fields, signal) {
    const body = new FormData()
    body.append('csrf_token', this.$form.querySelector('[name=csrf_token]').value)
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    return fetch(address, { method: 'POST', body, credentials: 'same-origin', signal })
  }
}

class Sending {
  constructor (file, all) {
    this.file = file
    this.all = all
    this.size = Number(all.words.part)
    this.parts = Math.ceil(file.size / this.size)
    this.stop = new AbortController()
    this.address = ''
    this.draw()
  }

  draw () {
    const { words, $list } = this.all
    this.$item = make('li', 'app-file')
    const $words = make('div', 'app-file__words')
    this.$progress = make('progress', 'app-file__progress', { max: this.parts || 1, value: 0, 'aria-label': this.file.name })
    this.$said = make('p', 'govuk-body-s app-file__about', {}, words.waiting)
    $words.append(make('p', 'govuk-body app-file__name', {}, this.file.name), this.$progress, this.$said)
    const $act = make('div', '')
    this.$cancel = make('button', 'app-link-button', { type: 'button' }, words.cancel)
    this.$cancel.append(make('span', 'govuk-visually-hidden', {}, ` ${this.file.name}`))
    this.$cancel.addEventListener('click', () => this.cancel())
    $act.append(this.$cancel)
    this.$item.append($words, $act)
    $list.append(this.$item)
  }

  async cancel () {
    const { words } = this.all
    this.stop.abort()
    this.$item.remove()
    this.all.say(`${words.cancelled}: ${this.file.name}`)
    this.all.$form.querySelector('button').focus()
    if (this.address) await this.all.post(this.address.replace(/parts$/, 'remove'), {}).catch(() => null)
  }

  // Whether the file was sent.
  async run () {
    if (this.stop.signal.aborted) return false
    try {
      this.check()
      await this.send()
    } catch (error) {
      if (!this.stop.signal.aborted) this.fail(error instanceof Refused ? error.message : this.all.words.failed)
      return false
    }
    this.$progress.value = this.$progress.max
    this.$said.textContent = this.all.words.sent
    this.$item.classList.add('app-file--sent')
    this.$cancel.remove()
    return true
  }

  check () {
    if (!this.file.size) throw new Refused(this.all.words.empty)
    if (this.file.size > Number(this.all.words.most)) throw new Refused(this.all.words.large)
  }

  async send () {
    this.$said.textContent = this.all.words.sending
    const fields = { begin: 'yes', name: this.file.name, type: this.file.type, size: this.file.size, sha256: await digest(this.file) }
    this.address = await this.asked(() => this.all.post(window.location.pathname, fields, this.stop.signal))
    for (let number = await this.missing(); number !== 'whole';) number = await this.part(Number(number))
  }

  missing () {
    return this.asked(() => fetch(this.address, { credentials: 'same-origin', signal: this.stop.signal }))
  }

  async part (number) {
    this.$progress.value = number
    const piece = this.file.slice(number * this.size, (number + 1) * this.size)
    return this.asked(() => this.all.post(this.address, { number, part: piece }, this.stop.signal))
  }

  // The answer's line. A lost connection is waited for; a server that is away is asked a few times.
  async asked (ask) {
    for (let lost = 0, away = 0; ;) {
      const answer = await ask().catch((error) => {
        if (this.stop.signal.aborted) throw error
        return null
      })
      if (answer && !this.stop.signal.aborted) {
        const line = (answer.headers.get('Content-Type') || '').startsWith('text/plain') ? await answer.text() : ''
        if (answer.ok && line) return line
        if (answer.status < 500) throw new Refused(line || this.all.words.failed)
        away += 1
        if (away >= TRIES) throw new Refused(line || this.all.words.failed)
      }
      this.$said.textContent = this.all.words.paused
      await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** lost), this.stop.signal)
      lost += 1
      this.$said.textContent = this.all.words.sending
    }
  }

  fail (words) {
    this.$progress.remove()
    this.$said.textContent = words
    this.$item.classList.add('app-file--failed')
    this.all.say(`${this.file.name}: ${words}`)
    this.$cancel.firstChild.textContent = this.all.words.dismiss
  }
}

// By the clock, or as soon as the browser says that it is connected again.
function pause (milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      window.removeEventListener('online', end)
      signal.aborted ? reject(new Error('stopped')) : resolve()
    }
    const timer = setTimeout(end, milliseconds)
    window.addEventListener('online', end)
    signal.addEventListener('abort', end)
  })
}

async function digest (file) {
  if (!window.crypto || !window.crypto.subtle) return ''
  const found = await window.crypto.subtle.digest('SHA-256', await file.arrayBuffer()).catch(() => null)
  return found ? Array.from(new Uint8Array(found), (one) => one.toString(16).padStart(2, '0')).join('') : ''
}

function make (name, classes, attributes = {}, text = '') {
  const $made = document.createElement(name)
  $made.className = classes
  for (const [key, value] of Object.entries(attributes)) $made.setAttribute(key, value)
  if (text) $made.textContent = text
  return $made
}
