package stories

import "kervan/modules/kernel/i18n"

// Tells reports whether the name stands in the words.
func Tells(words, name string) bool { return stands(i18n.SearchKey(words), name) }

// Proposed is an address made of a title.
func Proposed(title string) string { return proposed(title) }
