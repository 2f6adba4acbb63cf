// Package matching lets organizations of a network find partners: each says on a card what it needs and what it offers, those
// that have joined the pool find each other, wish for some, rule others out, and write to each other.
//
// Words: a Card is what an organization says of itself and of the partner that it wishes for; a need and an offer are topics of
// capacity, what matters most first; the pool are the organizations that let others find them; a wish is ranked, a veto rules
// out; a Thread is what two organizations write to each other. A Round puts organizations of a pool together by Rules; a Run of it is
// what the solver was asked and what it answered; a Tie is what the coordinators say before that. A Ranking
// says who could take a seat of a partnership, a Team, whose organization leaves. The common pool are the cards that
// organizations show to other networks, each as a Copy in the shared schema.
//
// Invariants: a card is read by others only while it is in the pool, and there it has needs, offers and languages. Wishes and
// vetoes are known to the organization's own people: no page, count, order, export, mail or trail tells anything of them to another
// organization. In a round the network's team sees the wishes of those that take part, and of vetoes only that two cannot be put
// together: neither who said so nor why, and an instance does not tell them from pairs that the rules keep apart. Who is not
// impartial in a round, by an organization of theirs or a conflict of interest in any application to its call, neither sees nor
// steers it, whatever the pool has just now, so that the refusal tells nothing of what was decided; mails and trail of a
// round are about it, and concealed from the same people. A run's instance is what
// kervan solve reads, and its answer what that prints. A card is copied for other networks only while its network takes part and its
// organization has said so, with exactly what sharedCard names; others find it only while it could be taken back, and whoever shows none
// sees none. The core makes rounds of copies, which go by the names of their copies in its schema, and there its team may what in a
// network the coordinators may. Whom organizations wish for in other networks, and rule out, hangs on the cards of both and goes with
// either. Whoever takes a card back has no name there any more; of what it held runs keep nothing but their instance and answer: what
// pairs were worth and, for three seats or four, a country. An Introduction is what the core proposes of such a round to organizations,
// the Parties, each in its own network: they see each other's cards while these are shown, contacts once all have accepted and as long
// as whoever has named one leads the organization and does not take it back, and never who has declined. No address is shown in a
// thread, and nobody but its two sides reads it, unless one of them reports it to the coordinators.
package matching
