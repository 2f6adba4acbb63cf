// A file is compared by its SHA-256, which the browser works out: the file itself stays where it is.
export function watchDigests() {
  if (!crypto.subtle) return
  for (const chosen of document.querySelectorAll<HTMLInputElement>('input[data-digest-into]')) {
    const into = document.getElementById(chosen.dataset.digestInto ?? '') as HTMLInputElement
    chosen.closest<HTMLElement>('[hidden]')?.removeAttribute('hidden')
    chosen.addEventListener('change', async () => {
      const file = chosen.files?.[0]
      if (!file) return
      const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
      into.value = [...sum].map((b) => b.toString(16).padStart(2, '0')).join('')
    })
  }
}
