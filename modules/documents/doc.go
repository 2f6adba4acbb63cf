// Package documents owns the files that people give as answers: from the permission to upload one to the link by which it
// is read, and its removal when nothing refers to it any more. It owns the templates as well: the files that a form offers to
// be downloaded, filled in and given as such an answer.
//
// Words: a Document belongs to one question of one sheet, or to one condition on which a place is held. It is granted (a browser may send it), quarantined (it has
// arrived), checking, and then clean or refused. Clean and not scanned means that no virus scanner is connected. The room
// is how much may be kept for an organization, and for a network.
//
// Invariants: what arrived can be overwritten until its grant expires, so it is never given to anybody: a document is read
// only from its own key, which is written once, with the content that was checked. Its name, size and kind are what was
// checked, not what its sender said. Who may read it is asked each time, of the sheet or the condition that it was uploaded
// for; a link lives for a minute at most. Documents that an answer refers to, in a draft or in what was handed in, and those
// that were handed in for a condition are never removed; nor
// are templates that a version of a form, a draft or what can be undone of it names.
//
// What a file is and whether it is dangerous is told by kernel/files and kernel/antivirus. Which answer refers to a
// document stands in forms; who may write and read a sheet is the applications' business, what is handed in for a condition
// the selection's.
package documents
