// Reads and writes the inputs of a question, and adds and removes rows of tables, people and languages in place. Without
// this, the same buttons send the form and the server adds and removes.
import type { Words } from './sending'

export type Inputs = Record<string, string[]>
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const controls = (root: ParentNode) => [...root.querySelectorAll<Control>('input[name^="answers["], select[name^="answers["], textarea[name^="answers["]')].filter((c) => c.type !== 'file')
const ticks = (c: Control): c is HTMLInputElement => c.type === 'checkbox' || c.type === 'radio'

export function inputsOf(box: HTMLElement): Inputs {
  const inputs: Inputs = {}
  for (const c of controls(box)) {
    if (ticks(c) && !c.checked) continue
    ;(inputs[c.name] ??= []).push(c.value)
  }
  return inputs
}

// What is shown of a document, by its identifier.
export type Documents = Record<string, { name: string; state: string }>

export function documentsOf(box: HTMLElement): Documents {
  const shown: Documents = {}
  for (const item of box.querySelectorAll<HTMLElement>('[data-files] [data-document]')) {
    shown[item.dataset.document ?? ''] = { name: item.querySelector('a, span')?.textContent ?? '', state: item.querySelector('.k-badge')?.textContent ?? '' }
  }
  return shown
}

// documentItem is a line of a list of documents, as the server would write it.
export function documentItem(list: HTMLElement, id: string, { name, state }: Documents[string], words: Words): HTMLElement {
  const item = document.createElement('li')
  item.dataset.document = id
  const hidden = document.createElement('input')
  hidden.type = 'hidden'
  hidden.name = `${list.dataset.files}[]`
  hidden.value = id
  const label = document.createElement('span')
  label.textContent = name
  const badge = document.createElement('span')
  badge.className = 'k-badge k-neutral'
  badge.textContent = state
  const remove = document.createElement('button')
  remove.type = 'submit'
  remove.name = 'row'
  remove.value = 'remove:'
  remove.className = 'btn btn-link'
  const whose = document.createElement('span')
  whose.className = 'k-hidden'
  whose.textContent = ` ${name}`
  remove.append(words.take_away, whose)
  item.append(hidden, label, badge, remove)
  return item
}

// apply writes inputs that were kept or that somebody else saved, making as many rows as they need. Documents that are not
// on the page are shown as they were when they were kept.
export function apply(box: HTMLElement, inputs: Inputs, words: Words, documents: Documents = {}) {
  for (const list of box.querySelectorAll<HTMLElement>('[data-rows]')) {
    const name = list.dataset.rows ?? ''
    const most = Object.keys(inputs).reduce((n, one) => (one.startsWith(`${name}[`) ? Math.max(n, parseInt(one.slice(name.length + 1), 10) + 1) : n), 0)
    while (list.children.length < most && addRow(list));
    while (list.children.length > Math.max(most, Number(list.dataset.least), 1)) list.lastElementChild?.remove()
  }
  for (const list of box.querySelectorAll<HTMLElement>('[data-lines]')) grow(list, Object.keys(inputs).length)
  const files = box.querySelector<HTMLElement>('[data-files]')
  if (files) {
    const wanted = inputs[`${files.dataset.files}[]`] ?? []
    for (const item of [...files.children] as HTMLElement[]) if (!wanted.includes(item.dataset.document ?? '')) item.remove()
    for (const id of wanted) if (documents[id] && !files.querySelector(`[data-document="${CSS.escape(id)}"]`)) files.append(documentItem(files, id, documents[id], words))
  }
  for (const c of controls(box)) {
    if (c.type === 'hidden' && !('suggestValue' in c.dataset)) continue
    const values = inputs[c.name] ?? []
    if (ticks(c)) c.checked = values.includes(c.value)
    else c.value = values[0] ?? ''
    c.dispatchEvent(new Event('input'))
  }
}

const safe = (name: string) => name.replace(/[^A-Za-z0-9_-]/g, '-')

function rename(element: Element, from: string, to: string) {
  const [oldID, newID] = [`f-${safe(from)}`, `f-${safe(to)}`]
  for (const e of [element, ...element.querySelectorAll('*')]) {
    for (const attribute of [...e.attributes]) {
      if (['name', 'value', 'data-rows'].includes(attribute.name)) e.setAttribute(attribute.name, attribute.value.replace(from, to))
      else if (['id', 'for', 'aria-describedby'].includes(attribute.name)) e.setAttribute(attribute.name, attribute.value.replaceAll(oldID, newID))
    }
    if (e instanceof HTMLTemplateElement) rename(e.content as unknown as Element, from, to)
  }
}

function renumber(list: HTMLElement, words?: Words) {
  const name = list.dataset.rows ?? ''
  ;([...list.children] as HTMLElement[]).forEach((row, i) => {
    const marker = row.querySelector<HTMLInputElement>(`input[name^="${CSS.escape(name)}["][name$="[row]"]`)
    const from = marker?.name.slice(0, -'[row]'.length) ?? ''
    if (from && from !== `${name}[${i}]`) rename(row, from, `${name}[${i}]`)
    const label = list.dataset.most === '1' ? (list.dataset.rowName ?? '') : `${list.dataset.rowName} ${i + 1}`
    const legend = row.querySelector('[data-row-legend]')
    if (legend) legend.textContent = label
    const button = row.querySelector<HTMLButtonElement>(`button[value="remove:${CSS.escape(name)}[${i}]"]`)
    if (button && words) button.textContent = words.remove.replace('{name}', label)
  })
  const more = list.parentElement?.querySelector<HTMLElement>(':scope > [data-row-add]')
  if (more) more.hidden = list.children.length >= (Number(list.dataset.most) || 100)
}

function addRow(list: HTMLElement): HTMLElement | undefined {
  const template = list.parentElement?.querySelector<HTMLTemplateElement>('template[data-row-template]')
  const most = Number(list.dataset.most) || 100
  if (!template || list.children.length >= most) return undefined
  const row = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement
  rename(row, `${list.dataset.rows}[__row__]`, `${list.dataset.rows}[${list.children.length}]`)
  list.append(row)
  renumber(list)
  return row
}

// grow keeps one empty line below the languages that are chosen.
function grow(list: HTMLElement, lines = 1) {
  for (let i = 0; i < lines; i++) {
    const last = list.lastElementChild as HTMLElement | null
    const select = last?.querySelector<HTMLSelectElement>('select')
    const most = Number(list.dataset.most) || 20
    if (!last || !select || list.children.length >= most || (!select.value && lines === 1) || (lines > 1 && list.children.length * 2 >= lines)) return
    const from = select.name.slice(0, select.name.lastIndexOf('['))
    const to = from.replace(/\[\d+\]$/, `[${list.children.length}]`)
    const next = last.cloneNode(true) as HTMLElement
    rename(next, from, to)
    for (const s of next.querySelectorAll('select')) s.value = ''
    list.append(next)
  }
}

export function watchRows(root: HTMLElement, words: Words, changed: (element: Element) => void) {
  root.addEventListener('click', (e) => {
    const button = (e.target as HTMLElement).closest<HTMLButtonElement>('button[name="row"]')
    if (!button) return
    const item = button.closest<HTMLElement>('[data-document]')
    if (item) {
      e.preventDefault()
      const list = item.parentElement as HTMLElement
      item.remove()
      changed(list)
      return
    }
    const [action, name] = [button.value.slice(0, button.value.indexOf(':')), button.value.slice(button.value.indexOf(':') + 1)]
    const list = root.querySelector<HTMLElement>(`[data-rows="${CSS.escape(action === 'add' ? name : name.replace(/\[\d+\]$/, ''))}"]`)
    if (!list) return
    e.preventDefault()
    if (action === 'add') addRow(list)?.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea')?.focus()
    else {
      const row = button.closest<HTMLElement>('[data-row]')
      const next = (row?.nextElementSibling ?? row?.previousElementSibling) as HTMLElement | null
      row?.remove()
      if (list.children.length === 0) addRow(list)
      next?.querySelector<HTMLElement>('input:not([type="hidden"]), select, textarea')?.focus()
    }
    renumber(list, words)
    list.dispatchEvent(new Event('rows', { bubbles: true }))
    changed(list)
  })
  root.addEventListener('change', (e) => {
    const lines = (e.target as HTMLElement).closest<HTMLElement>('[data-lines]')
    if (lines) grow(lines)
  })
  for (const list of root.querySelectorAll<HTMLElement>('[data-rows]')) renumber(list, words)
}
