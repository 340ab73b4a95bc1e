/* Starts what the page needs. Every page works without it. */
import {
  Button,
  Checkboxes,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  ServiceNavigation,
  SkipLink,
  createAll
} from 'govuk-frontend'

import { autosave } from './autosave.js'
import { CodePointCount } from './code-point-count.js'
import { copyValues } from './copy-values.js'
import { nameFileButtons } from './file-button.js'
import { fileLimits } from './file-limits.js'
import { idleWarning } from './idle-warning.js'
import { live } from './live.js'
import { livePreview } from './live-preview.js'
import { passkeys } from './passkey.js'
import { PlainRadios } from './plain-radios.js'
import { SearchSelect } from './search-select.js'
import { preventDoubleSubmit } from './double-submit.js'
import { uploads } from './upload.js'
import { watchProgress } from './watch-progress.js'

const components = [
  Button,
  Checkboxes,
  CodePointCount,
  ErrorSummary,
  FileUpload,
  NotificationBanner,
  PasswordInput,
  PlainRadios,
  SearchSelect,
  ServiceNavigation,
  SkipLink
]
for (const component of components) createAll(component)
preventDoubleSubmit(document)
watchProgress(document)
livePreview(document)
live(document)
autosave(document)
idleWarning(document)
passkeys(document)
nameFileButtons(document)
uploads(document)
fileLimits(document)
copyValues(document)
