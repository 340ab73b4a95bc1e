/* A box to type in over a long select: the select stays in the form, keeps its name and sends the answer. */
import { Component } from 'govuk-frontend'

export class SearchSelect extends Component {
  static moduleName = 'app-search-select'
  static elementType = HTMLSelectElement

  constructor ($select) {
    super($select)
    this.$select = $select
    this.options = Array.from($select.options).filter((option) => option.value !== '')
    this.shown = []
    this.at = -1
    this.build()
    this.listen()
  }

  build () {
    const { id } = this.$select
    this.$input = document.createElement('input')
    for (const [name, value] of Object.entries({
      type: 'text',
      id,
      class: `govuk-input${this.$select.classList.contains('govuk-select--error') ? ' govuk-input--error' : ''}`,
      autocomplete: 'off',
      spellcheck: 'false',
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': `${id}-list`
    })) this.$input.setAttribute(name, value)
    const described = this.$select.getAttribute('aria-describedby')
    if (described) this.$input.setAttribute('aria-describedby', described)
    this.$list = document.createElement('ul')
    this.$list.className = 'app-search__list'
    this.$list.id = `${id}-list`
    this.$list.hidden = true
    this.$list.setAttribute('role', 'listbox')
    const $label = document.querySelector(`label[for="${CSS.escape(id)}"]`)
    this.$list.setAttribute('aria-label', $label ? $label.textContent.trim() : '')
    this.$status = document.createElement('div')
    this.$status.className = 'govuk-visually-hidden'
    this.$status.setAttribute('role', 'status')
    const $box = document.createElement('div')
    $box.className = 'app-search'
    $box.append(this.$input, this.$list, this.$status)
    this.$select.id = `${id}-select`
    this.$select.hidden = true
    this.$select.before($box)
    this.showChosen()
  }

  listen () {
    this.$input.addEventListener('input', () => this.open())
    this.$input.addEventListener('click', () => this.open(true))
    this.$input.addEventListener('keydown', (event) => this.key(event))
    this.$input.addEventListener('blur', () => this.leave())
    // Before the blur, so that a choice with the mouse is not lost.
    this.$list.addEventListener('mousedown', (event) => {
      event.preventDefault()
      const $option = event.target.closest('[role=option]')
      if ($option) this.choose(Number($option.dataset.place))
    })
    window.addEventListener('pageshow', () => this.showChosen())
  }

  open (everything = false) {
    const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    const typed = everything ? '' : plain(this.$input.value.trim())
    this.shown = this.options.filter((option) => plain(option.text).includes(typed))
    this.at = -1
    this.$list.replaceChildren(...this.shown.map((option, place) => {
      const $option = document.createElement('li')
      $option.className = 'app-search__option'
      $option.id = `${this.$input.id}-option-${place}`
      $option.setAttribute('role', 'option')
      $option.setAttribute('aria-selected', 'false')
      $option.dataset.place = String(place)
      $option.textContent = option.text
      return $option
    }))
    this.expand(this.shown.length > 0)
    const { some, none } = this.$select.dataset
    this.$status.textContent = this.shown.length ? some.replace('%{count}', this.shown.length) : none
  }

  expand (open) {
    this.$list.hidden = !open
    this.$input.setAttribute('aria-expanded', String(open))
    if (!open) this.$input.removeAttribute('aria-activedescendant')
  }

  key (event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 }
    if (event.key in steps) {
      event.preventDefault()
      if (this.$list.hidden) this.open(!this.$input.value)
      this.mark((this.at + steps[event.key] + this.shown.length) % Math.max(1, this.shown.length))
    } else if (event.key === 'Enter' && !this.$list.hidden && this.at >= 0) {
      event.preventDefault()
      this.choose(this.at)
    } else if (event.key === 'Escape') {
      this.expand(false)
      this.showChosen()
    }
  }

  mark (place) {
    this.at = place
    for (const $option of this.$list.children) {
      $option.setAttribute('aria-selected', String(Number($option.dataset.place) === place))
    }
    const $marked = this.$list.children[place]
    if (!$marked) return
    this.$input.setAttribute('aria-activedescendant', $marked.id)
    $marked.scrollIntoView({ block: 'nearest' })
  }

  choose (place) {
    this.$select.value = this.shown[place].value
    this.showChosen()
    this.expand(false)
  }

  /* What was typed counts when it is one of the answers; nothing typed is no answer; else the choice before stays. */
  leave () {
    const typed = this.$input.value.trim().toLowerCase()
    const same = this.options.find((option) => option.text.toLowerCase() === typed)
    if (same || !typed) this.$select.value = same ? same.value : ''
    this.expand(false)
    this.showChosen()
  }

  showChosen () {
    const chosen = this.$select.selectedOptions[0]
    this.$input.value = chosen && chosen.value ? chosen.text : ''
  }
}
