/*
 * Gives each value of a package a button that copies it, and says so once. Without this the values are selected and
 * copied as any text is.
 */
export function copyValues ($document) {
  const $root = $document.querySelector('[data-copying]')
  if (!$root || !$document.defaultView.navigator.clipboard) return
  const $said = $document.createElement('p')
  $said.className = 'govuk-visually-hidden'
  $said.setAttribute('role', 'status')
  $root.append($said)
  for (const $row of $root.querySelectorAll('.govuk-summary-list__row')) addButton($root, $row, $said)
}

function addButton ($root, $row, $said) {
  const [$label, $value] = $row.children
  const $button = $row.ownerDocument.createElement('button')
  $button.type = 'button'
  $button.className = 'govuk-button govuk-button--secondary app-copy'
  $button.append($root.dataset.copy, hidden($row.ownerDocument, ` ${$label.textContent}`))
  $button.addEventListener('click', async () => {
    try {
      await $row.ownerDocument.defaultView.navigator.clipboard.writeText($value.innerText)
      $said.textContent = $root.dataset.copied.replace('…', $label.textContent)
      $button.firstChild.textContent = $root.dataset.done
    } catch {
      $said.textContent = $root.dataset.failed
      $row.ownerDocument.defaultView.getSelection().selectAllChildren($value)
    }
  })
  const $actions = $row.ownerDocument.createElement('dd')
  $actions.className = 'govuk-summary-list__actions'
  $actions.append($button)
  $row.append($actions)
}

function hidden ($document, text) {
  const $text = $document.createElement('span')
  $text.className = 'govuk-visually-hidden'
  $text.textContent = text
  return $text
}
