/*
 * Names the button of the Design System's file field by what is seen on it: with its comma and without a space, people
 * who speak to their computer could not press it.
 */
export function nameFileButtons ($document) {
  for (const $button of $document.querySelectorAll('.govuk-file-upload-button')) {
    const [$status, $comma, $choose] = $button.children
    $comma.replaceWith(' ')
    $status.id = `${$button.id}-status`
    $choose.id = `${$button.id}-choose`
    $button.setAttribute('aria-labelledby', `${$button.id}-label ${$status.id} ${$choose.id}`)
  }
}
