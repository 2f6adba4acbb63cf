// Package domains lets a network be reached, and send its mails, under a domain of its own: it claims one, proves by a
// record on the domain's name server that it is theirs, and is served or sends there.
//
// Words: a Domain is claimed until its Proof, a random text in a TXT record, has been seen; then it is active and the
// network is served under it, beside the host that it was opened with. When the proof is gone for some days, or the
// network lets it go, it is released, and in quarantine: nobody else gets it for a month.
//
// A Sender is an address below such a domain from which the network's mails go out, signed with a key of its own (DKIM). It
// becomes active when its proof, SPF, DKIM and DMARC are all right at the name server, which is looked at every night; as
// soon as one of them is not, mails go out from the platform's address until it is again.
//
// Invariants: a claim reserves nothing, so that nobody can keep a domain from its owner; a domain is active for one network
// at most; no network gets a name that belongs to the platform, to another network, above or below one of these, or that
// looks like one of them.
package domains
