// Package pages is what a network itself writes for visitors: pages and news, composed of typed blocks, in the network's
// languages, each text with a visible fallback; the navigation made of them, and the search over all that is public.
//
// A page is worked on as its content and read as its public copy, which publishing makes; so nothing half written is ever
// seen. What a page was before each change is kept, twenty times over. A network has the built-in pages from the start:
// they stand in the program (standard.json) until the network changes them, and then are its own. Blocks hold plain texts
// and Markdown, never HTML; links lead to pages of this site, to https addresses or to mail addresses.
package pages
