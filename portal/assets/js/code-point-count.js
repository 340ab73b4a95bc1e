/* Counts characters as the server does: one emoji or one "ŵ" is one, whatever the browser stores it as. */
import { CharacterCount } from 'govuk-frontend'

export class CodePointCount extends CharacterCount {
  updateCount () {
    this.count = Array.from(this.$textarea.value).length
  }
}
