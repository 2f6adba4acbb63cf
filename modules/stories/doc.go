// Package stories is what partnerships tell of their work: stories, and good practices whose steps others can take. They are
// written by the people of a partnership's organizations, edited by the network, agreed to by every organization in their
// edited form, published and withdrawn.
//
// Words: a Story is written in a Language and may be translated; it is handed in to the network, which returns it with a note
// or edits it and asks for agreement; an organization agrees or objects.
//
// Invariants: visitors read exactly what every organization has agreed to, as nobody changes a story from then on; and only
// while the partnership itself is shown to everybody (partnerships decide that). Of a partnership that is shown under another
// name no story is shown in which its title or one of its organizations' names stands. A picture is drawn anew from its
// pixels, and stands in a story only with words for those who do not see it and a word that the people on it agree.
package stories
