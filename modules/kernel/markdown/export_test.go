package markdown

// Room is how many bytes of texts are kept at most.
const Room = room

// Held are how many bytes are kept, and whether the text is among them.
func Held(source string) (int64, bool) { return held.Load(), shown.Contains(source) }
