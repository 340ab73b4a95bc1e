/*
 * Builds the style sheet and the script into portal/static, named after their content, with a manifest that
 * portal/web/assets.py reads. Run it with `npm run build`.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build as bundle } from 'esbuild'
import { compile } from 'sass'

const assets = dirname(fileURLToPath(import.meta.url))
const root = join(assets, '..', '..')
const target = join(root, 'portal', 'static')
const manifestName = 'manifest.json'

// What PDFs are set in: a sans serif with the letters of Europe, and one with the characters of Chinese names.
const fonts = [
  'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  '@embedpdf/fonts-sc/fonts/NotoSansHans-Regular.otf'
]

async function copyFonts () {
  await mkdir(join(target, 'fonts'), { recursive: true })
  for (const font of fonts) {
    const [from, to] = [join(root, 'node_modules', font), join(target, 'fonts', basename(font))]
    const [wanted, there] = await Promise.all([stat(from), stat(to).catch(() => null)])
    if (there?.size !== wanted.size) await copyFile(from, to)
  }
}

function styles () {
  const entry = join(assets, 'scss', 'portal.scss')
  const { css } = compile(entry, { style: 'compressed', loadPaths: [join(root, 'node_modules')], quietDeps: true })
  return Buffer.from(css)
}

async function scripts () {
  const { outputFiles } = await bundle({
    entryPoints: [join(assets, 'js', 'portal.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2020'],
    legalComments: 'none',
    write: false
  })
  return Buffer.from(outputFiles[0].contents)
}

function hashed (name, content) {
  const [stem, ending] = name.split('.')
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16)
  return `${stem}-${digest}.${ending}`
}

async function main () {
  const built = { 'portal.css': styles(), 'portal.js': await scripts() }
  const manifest = {}
  await mkdir(target, { recursive: true })
  for (const [name, content] of Object.entries(built)) {
    manifest[name] = hashed(name, content)
    await writeFile(join(target, manifest[name]), content)
    console.log(`${manifest[name]}  ${(content.length / 1024).toFixed(1)} KB`)
  }
  await copyFonts()
  // The manifest comes last: a build that fails half way leaves the one before it in use.
  await writeFile(join(target, manifestName), JSON.stringify(manifest, null, 2) + '\n')
  const wanted = new Set([manifestName, 'fonts', ...Object.values(manifest)])
  const stale = (await readdir(target)).filter((name) => !wanted.has(name))
  await Promise.all(stale.map((name) => rm(join(target, name), { recursive: true })))
}

await main()
