// Package matching lets organizations of a network find partners: each says on a card what it needs and what it offers, those
// that have joined the pool find each other, wish for some, rule others out, and write to each other.
//
// Words: a Card is what an organization says of itself and of the partner that it wishes for; a need and an offer are topics of
// capacity, what matters most first; the pool are the organizations that let others find them; a wish is ranked, a veto rules
// out; a Thread is what two organizations write to each other.
//
// Invariants: a card is read by others only while it is in the pool, and there it has needs, offers and languages. Wishes and
// vetoes are known to nobody but the organization's own people: no page, count, order, export, mail or trail tells anything of
// them to anybody else. Only a run of the solver reads those of others, and says of a veto nothing. No address is shown in a thread,
// and nobody but its two sides reads it, unless one of them reports it to the coordinators.
package matching
