// Package i18n speaks the reader's language: messages, plural forms, dates, numbers, and the order and search keys of
// words. It owns no product text; every module brings its own locales/<language>.toml and Load joins them.
//
// A Localizer is made per request and passed explicitly; nothing here is bound to a goroutine or a global, so that one
// reader's language can never reach another's page.
package i18n
