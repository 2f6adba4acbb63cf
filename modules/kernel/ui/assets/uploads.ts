// Takes documents by choosing or dropping, and sends each straight to the object store with the form that the server has
// signed for it. The answer changes only when the document has arrived: a failed upload replaces nothing.
import { documentItem } from './rows'
import { fill, send, type Words } from './sending'

interface Granted {
  url: string
  fields: Record<string, string>
  document: string
}

export function watchUploads(root: HTMLElement, words: Words, changed: (element: Element) => void) {
  const upload = root.dataset.uploadUrl
  if (!upload) return
  for (const list of root.querySelectorAll<HTMLElement>('[data-files]')) {
    const box = list.closest<HTMLElement>('[data-question]')
    const drop = box?.querySelector<HTMLElement>('[data-drop]')
    const input = drop?.querySelector<HTMLInputElement>('input[type="file"]')
    const status = box?.querySelector<HTMLElement>('[data-upload-state]')
    if (!box || !drop || !input || !status) continue
    const most = Number(list.dataset.most) || 1
    const kinds = (list.dataset.accept ?? '').split(',').filter(Boolean)
    drop.hidden = false
    box.querySelector<HTMLElement>('[data-without-script]')?.setAttribute('hidden', '')

    const fitting = (file: File): string => {
      if (file.size > Number(list.dataset.maxBytes)) return words.too_large
      if (!kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return words.wrong_kind
      if (most > 1 && list.children.length >= most) return words.too_many
      return ''
    }

    const line = (text: string, bad = false, retry?: () => void) => {
      const p = document.createElement('p')
      p.textContent = text
      if (bad) p.className = 'k-error'
      if (retry) {
        const button = document.createElement('button')
        button.type = 'button'
        button.className = 'btn btn-link'
        button.textContent = words.retry
        button.addEventListener('click', retry)
        p.append(' ', button)
      }
      status.replaceChildren(p)
    }

    const add = (granted: Granted, name: string, state: string) => {
      const item = documentItem(list, granted.document, { name, state }, words)
      if (most === 1) list.replaceChildren(item)
      else list.append(item)
      changed(list)
    }

    // What the server says of a refusal is about the document or about the moment; either may be tried again.
    const tell = async (response: Response, file: File, retry: () => void) => {
      const told = (await response.json().catch(() => ({}))) as { detail?: string; fields?: { detail: string }[] }
      const text = told.fields?.[0]?.detail ?? told.detail
      line(text ? `${file.name}: ${text}` : fill(words.failed, { name: file.name }), true, retry)
    }

    const finish = async (granted: Granted, file: File): Promise<void> => {
      line(fill(words.checking, { name: file.name }))
      try {
        const response = await send('POST', `${upload}/${granted.document}/finalization`, {})
        if (!response.ok) {
          await tell(response, file, () => void finish(granted, file))
          return
        }
        const received = (await response.json()) as { state: string; text: string }
        line(`${file.name}: ${received.text}`, received.state === 'refused')
        if (received.state !== 'refused') add(granted, file.name, received.text)
      } catch {
        line(fill(words.failed, { name: file.name }), true, () => void finish(granted, file))
      }
    }

    const take = async (file: File): Promise<void> => {
      const unfit = fitting(file)
      if (unfit) {
        line(fill(unfit, { name: file.name }), true)
        return
      }
      const retry = () => void take(file)
      try {
        const response = await send('POST', upload, { question: box.dataset.question, name: file.name, size: file.size, type: file.type })
        if (!response.ok) {
          await tell(response, file, retry)
          return
        }
        const granted = (await response.json()) as Granted
        await post(granted, file, (share) => line(fill(words.sending, { name: file.name, percent: new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(share) })))
        await finish(granted, file)
      } catch {
        line(fill(words.failed, { name: file.name }), true, retry)
      }
    }

    const all = async (files: FileList | null | undefined) => {
      for (const file of [...(files ?? [])].slice(0, most === 1 ? 1 : undefined)) await take(file)
      input.value = ''
    }
    input.addEventListener('change', () => void all(input.files))
    for (const name of ['dragenter', 'dragover']) {
      drop.addEventListener(name, (e) => {
        e.preventDefault()
        drop.classList.add('k-over-drop')
      })
    }
    for (const name of ['dragleave', 'drop']) drop.addEventListener(name, () => drop.classList.remove('k-over-drop'))
    drop.addEventListener('drop', (e) => {
      e.preventDefault()
      void all(e.dataTransfer?.files)
    })
  }
}

function post(granted: Granted, file: File, progress: (share: number) => void): Promise<void> {
  return new Promise((done, failed) => {
    const body = new FormData()
    for (const [name, value] of Object.entries(granted.fields)) body.append(name, value)
    body.append('file', file)
    const request = new XMLHttpRequest()
    request.upload.addEventListener('progress', (e) => e.lengthComputable && progress(e.loaded / e.total))
    request.addEventListener('load', () => (request.status >= 200 && request.status < 300 ? done() : failed(new Error(String(request.status)))))
    request.addEventListener('error', () => failed(new Error('network')))
    request.open('POST', granted.url)
    request.send(body)
  })
}
