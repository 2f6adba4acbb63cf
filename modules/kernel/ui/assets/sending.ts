// Sends what a page's script has to say to the server, and what an earlier page could not send.

// Words are a page's own sentences, in its language.
export type Words = Record<string, string>

export const fill = (text: string, values: Record<string, string>) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

export function send(method: string, url: string, body: unknown): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''
  return fetch(url, {
    method, body: JSON.stringify(body), credentials: 'same-origin', redirect: 'error', signal: AbortSignal.timeout(20_000), keepalive: JSON.stringify(body).length < 50_000,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': token },
  })
}

// What could not be sent lies here, by sheet and question, with where it goes.
export const shelf = 'kervan:'

// sendKept sends what an earlier page could not, but for what is to be left. What is refused stays, for its own page to show.
export async function sendKept(leave: (name: string) => boolean) {
  for (const name of Object.keys(localStorage).filter((n) => n.startsWith(shelf) && !leave(n))) {
    try {
      const { url, documents: _, ...body } = JSON.parse(localStorage.getItem(name) ?? '{}') as { url?: string; documents?: unknown }
      if (!url?.startsWith('/')) continue
      const response = await send('PUT', url, body)
      if (response.ok) localStorage.removeItem(name)
      else if (response.status === 401) return
    } catch {
      return
    }
  }
}
