/*
 * Says beside a file field that what was just chosen is too large, before somebody waits for it to be sent. Nothing is
 * held back: the server looks, too, and says the same.
 */
export function fileLimits ($document) {
  for (const $input of $document.querySelectorAll('input[type=file][data-most]')) {
    $input.addEventListener('change', () => tell($input))
  }
}

function tell ($input) {
  const { most, mostAll, large, largeAll } = $input.dataset
  const files = Array.from($input.files)
  const tooLarge = files.filter((file) => file.size > Number(most)).map((file) => `${file.name}: ${large}`)
  const size = files.reduce((sum, file) => sum + file.size, 0)
  const words = tooLarge.length ? tooLarge : size > Number(mostAll) ? [largeAll] : []
  said($input).replaceChildren(...words.map((text) => {
    const $line = document.createElement('p')
    $line.className = 'govuk-error-message'
    $line.textContent = text
    return $line
  }))
}

// There from the first change on, so that what is put into it is read out.
function said ($input) {
  const $field = $input.closest('.govuk-drop-zone') || $input
  const $next = $field.nextElementSibling
  if ($next && $next.getAttribute('role') === 'alert') return $next
  const $said = document.createElement('div')
  $said.className = 'govuk-!-margin-top-2'
  $said.setAttribute('role', 'alert')
  $field.after($said)
  return $said
}
